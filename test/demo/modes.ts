// What each mode lets an agent do with the page that is shared.

export type AgentAct = {
  kind: "point" | "click" | "scroll" | "leave";
  /** Of the page's width and height, from 0 to 1; of a scroll, pixels. */ x: number;
  y: number;
};

const MODES: Record<string, { can: string; does: string; acts: AgentAct["kind"][] }> = {
  shared: { can: "see and use", does: "sees and uses", acts: ["point", "leave", "click", "scroll"] },
  view: { can: "see and scroll", does: "sees and scrolls", acts: ["scroll"] },
  follow: { can: "see", does: "sees", acts: [] },
};

/** For "The agent can … this page."; undefined where the mode shares no page. */
export const can = (mode: string): string | undefined => MODES[mode]?.can;

/** For "The agent … this page." */
export const does = (mode: string): string | undefined => MODES[mode]?.does;

export const allows = (mode: string | undefined, kind: AgentAct["kind"]): boolean => MODES[mode ?? ""]?.acts.includes(kind) ?? false;
