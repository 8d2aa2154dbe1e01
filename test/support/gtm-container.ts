// Google Tag Manager with an imported container, as far as this project's has something for it: which tags fire at a push to the data layer, with their
// variables filled in.
import type { GtmExport, GtmParameter } from "../demo/install.ts";

interface Item {
  name: string;
  type: string;
  parentFolderId: string;
}

export interface Container extends GtmExport {
  containerVersion: {
    tag: (Item & { tagId: string; parameter: GtmParameter[]; firingTriggerId: string[]; paused?: boolean })[];
    trigger: (Item & { triggerId: string; customEventFilter: { type: string; parameter: GtmParameter[] }[] })[];
    variable: (Item & { variableId: string; parameter: GtmParameter[] })[];
    folder: { folderId: string }[];
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

  function look(name: string): unknown {
    if (name === "_event" || builtInVariable.some((one) => one.type === "EVENT" && one.name === name)) return layer.event;
    const path = valueOf(variable.find((one) => one.name === name && one.type === "v")!.parameter, "name").split(".");
    return path.reduce((found: unknown, key) => (isObject(found) ? found[key] : undefined), layer);
  }

  /** {{…}} is the variable's value, where that is the whole text; there is nothing else in ours. */
  function fill({ value, list }: GtmParameter): unknown {
    // A table: of each row a name and a value.
    if (list) return Object.fromEntries(list.map(({ map }) => map!.map(fill)));
    const [, name] = /^\{\{([^{}]*)\}\}$/.exec(value!) ?? [];
    return name ? look(name) : value;
  }

  const fillAll = (parameter: GtmParameter[]): Push => Object.fromEntries(parameter.map((one) => [one.key, fill(one)]));

  function fires(id: string): boolean {
    if (id === ALL_PAGES) return layer.event === "gtm.js";
    const { customEventFilter } = trigger.find(({ triggerId }) => triggerId === id)!;
    const filters = customEventFilter.map(({ type, parameter }) => ({ type, ...fillAll(parameter) }) as Push);
    return filters.every(({ type, arg0, arg1 }) => type === "EQUALS" && arg0 === arg1);
  }

  return (push) => {
    merge(layer, push);
    const firing = tag.filter(({ paused, firingTriggerId }) => !paused && firingTriggerId.some(fires));
    return firing.map(({ name, type, parameter }) => ({ name, type, ...fillAll(parameter) }));
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
