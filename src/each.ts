import type { OneOrMore } from "./frames";

/** Visits each item of a list. One that lacks something throws there, is passed over, and nothing else is lost by it. */
export function each<Item>(list: OneOrMore<Item>, visit: (item: Item) => void): void {
  ([] as Item[]).concat(list).map((item) => {
    try {
      visit(item);
    } catch (error) {}
  });
}
