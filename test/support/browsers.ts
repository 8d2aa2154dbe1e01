import { ENGINES, type Browser, type Engine } from "./browsers/api.ts";
import { findChromium, launchChromium } from "./browsers/chromium.ts";
import { findFirefox, launchFirefox } from "./browsers/firefox.ts";
import { findWebKit, launchWebKit } from "./browsers/webkit.ts";

export * from "./browsers/api.ts";

const FIND = { chromium: findChromium, firefox: findFirefox, webkit: findWebKit };
const LAUNCH = { chromium: launchChromium, firefox: launchFirefox, webkit: launchWebKit };

/** Starts the engine with a fresh profile; throws a sentence that says what to install. */
export const launch = (engine: Engine): Promise<Browser> => LAUNCH[engine]();

export interface EnginesHere {
  here: Engine[];
  missing: { engine: Engine; reason: string }[];
}

export async function enginesHere(): Promise<EnginesHere> {
  const found: EnginesHere = { here: [], missing: [] };
  for (const engine of ENGINES) {
    try {
      await FIND[engine]();
      found.here.push(engine);
    } catch (error) {
      found.missing.push({ engine, reason: (error as Error).message });
    }
  }
  return found;
}
