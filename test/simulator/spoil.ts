// Frames that are wrong in one place.

/** The places of all values in it, those that hold others before these. */
export function pathsOf(value: object): string[][] {
  return Object.entries(value).flatMap(([name, item]) => {
    const deeper = typeof item === "object" && item !== null ? pathsOf(item) : [];
    return [[name], ...deeper.map((path) => [name, ...path])];
  });
}

/** A copy that has that value there, or nothing where it is undefined; just a copy where there is no such place. */
export function spoilt<T extends object>(frame: T, path: readonly string[], value: unknown): T {
  const copy = structuredClone(frame);
  const owner = path.slice(0, -1).reduce((object: any, name) => object?.[name], copy);
  if (typeof owner !== "object" || owner === null) return copy;
  if (value === undefined) delete owner[path.at(-1)!];
  else owner[path.at(-1)!] = value;
  return copy;
}
