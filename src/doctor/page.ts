// In the place of ../page.ts, as far as the snippet's code runs in the doctor: nobody but the console is told.
import type { report as reportToPage, tell as tellPage } from "../page.ts";
import { note } from "./say.ts";

export const tell: typeof tellPage = (event, { reason }) => {
  if (event == "Closed") note("invitation", "it has ended: " + reason + ".");
  return true;
};

/** The walk has told it before, and at greater length. */
export const report: typeof reportToPage = () => {};
