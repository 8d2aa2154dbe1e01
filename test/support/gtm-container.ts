// Google Tag Manager with an imported container, as far as this project's has something for it: which tags fire at a push to the data layer, with their
// variables filled in.
import type { GtmExport, GtmParameter } from "../demo/install.ts";

export interface Container extends GtmExport {
  containerVersion: {
    tag: { name: string; type: string; parameter: GtmParameter[]; firingTriggerId: string[]; paused?: boolean }[];
    trigger: { triggerId: string; type: string; customEventFilter: { type: string; parameter: GtmParameter[] }[] }[];
    variable: { name: string; type: string; parameter: GtmParameter[] }[];
    builtInVariable: { type: string; name: string }[];
  };
}

export const ALL_PAGES = "2147479553";

type Push = Record<string, unknown>;
export type Fired = { name: string; type: string } & Record<string, unknown>;

const isObject = (value: unknown): value is Push => typeof value === "object" && value !== null;
export const valueOf = (parameter: GtmParameter[], key: string): string => parameter.find((one) => one.key === key)!.value!;

/** Returns what is pushed to: it tells which tags fire. */
export function startContainer({ containerVersion: { tag, trigger, variable, builtInVariable } }: Container): (push: Push) => Fired[] {
  const layer: Push = {};

  /** {{…}}: a text that is nothing else is the variable's value. */
  function fill(template: string): unknown {
    const look = (name: string): unknown => {
      if (name === "_event" || builtInVariable.some((one) => one.type === "EVENT" && one.name === name)) return layer.event;
      const path = valueOf(variable.find((one) => one.name === name && one.type === "v")!.parameter, "name").split(".");
      return path.reduce((found: unknown, key) => (isObject(found) ? found[key] : undefined), layer);
    };
    const whole = /^\{\{([^{}]*)\}\}$/.exec(template);
    return whole ? look(whole[1]!) : template.replace(/\{\{(.*?)\}\}/g, (_, name: string) => String(look(name)));
  }

  const fillAll = (parameter: GtmParameter[]): Push =>
    Object.fromEntries(
      parameter.map(({ key, value, list }) => [
        key,
        // A table: of each row a name and a value.
        list ? Object.fromEntries(list.map(({ map }) => map!.map((cell) => fill(cell.value!)))) : fill(value!),
      ]),
    );

  return (push) => {
    merge(layer, push);
    const fires = (id: string) =>
      id === ALL_PAGES
        ? layer.event === "gtm.js"
        : trigger
            .find(({ triggerId }) => triggerId === id)!
            .customEventFilter.every(({ type, parameter }) => type === "EQUALS" && fill(valueOf(parameter, "arg0")) === fill(valueOf(parameter, "arg1")));
    return tag
      .filter(({ paused, firingTriggerId }) => !paused && firingTriggerId.some(fires))
      .map(({ name, type, parameter }) => ({ name, type, ...fillAll(parameter) }));
  };
}

/** Version 2 of the data layer: objects are merged, and what is pushed as undefined is so from then on. */
function merge(into: Push, from: Push): void {
  for (const [key, value] of Object.entries(from)) {
    const there = into[key];
    if (isObject(value) && isObject(there)) merge(there, value);
    else into[key] = isObject(value) ? { ...value } : value;
  }
}
