import { ENGINES, type Browser, type Engine } from "./browsers/api.ts";
import { findChromium, launchChromium } from "./browsers/chromium.ts";
import { findFirefox, launchFirefox } from "./browsers/firefox.ts";
import { findWebKit, launchWebKit } from "./browsers/webkit.ts";

export * from "./browsers/api.ts";

/** Starts the engine with a fresh profile; throws a sentence that says what to install. */
export async function launch(engine: Engine): Promise<Browser> {
  if (engine === "chromium") return launchChromium(await findChromium());
  if (engine === "firefox") return launchFirefox(findFirefox());
  return launchWebKit(findWebKit());
}

export interface EnginesHere {
  here: Engine[];
  missing: { engine: Engine; reason: string }[];
}

export async function enginesHere(): Promise<EnginesHere> {
  const found: EnginesHere = { here: [], missing: [] };
  const find = { chromium: findChromium, firefox: findFirefox, webkit: findWebKit };
  for (const engine of ENGINES) {
    try {
      await find[engine]();
      found.here.push(engine);
    } catch (error) {
      found.missing.push({ engine, reason: (error as Error).message });
    }
  }
  return found;
}
