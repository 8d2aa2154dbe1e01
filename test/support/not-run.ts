// What a test file leaves out, and why; `npm test` names it.

export interface NotRun {
  title: string;
  reason: string;
  /** Set when the test was started, so that the test framework counts it as passed. */
  started?: true;
}

export const notRun: NotRun[] = [];
