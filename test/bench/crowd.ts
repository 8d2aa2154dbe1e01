// What a crowd of pages does to a server: `node --import ./test/support/typescript.mjs test/bench/crowd.ts`
import { pathToFileURL } from "node:url";
import { DOUBLINGS, backoff } from "../../src/backoff.ts";
import { randomFrom } from "../support/random.ts";

const PAGES = 100_000;
/** The server is gone for so long, and then back; it refuses at once. */
const OUTAGE = 5 * 60_000;
/** How long after it is back we look. */
const AFTER = 3 * 60_000;
/** One line of the chart. */
const STEP = 20_000;
const BAR = 20;
/** Every page sees within that that its connection is lost; then it waits as its client does. */
const NOTICED = 1_000;

/** Milliseconds before the next try after so many that failed. */
type Wait = (failures: number) => number;

interface Client {
  name: string;
  how: string;
  /** For one page. */
  waits(random: () => number): Wait;
}

const clients: Client[] = [
  {
    name: "lp-cobrowse",
    how: "1 s, and at random up to 1 s more, doubling to 128 s more",
    waits: (random) => (failures) => backoff(Math.min(failures, DOUBLINGS), random()),
  },
  { name: "fixed", how: "every 2 s", waits: () => () => 2_000 },
  {
    // reconnecting-websocket 4.4: minReconnectionDelay 1000 + random * 4000 (once for each page), reconnectionDelayGrowFactor 1.3,
    // maxReconnectionDelay 10000.
    name: "reconnecting-websocket",
    how: "its defaults: 1 to 5 s, times 1.3 each time, up to 10 s",
    waits: (random) => {
      const least = 1_000 + random() * 4_000;
      return (failures) => Math.min(least * 1.3 ** failures, 10_000);
    },
  },
];

/** The report, the same each time. */
export function crowd(): string {
  const played = clients.map((client) => ({ ...client, ...lose(client) }));
  const most = Math.max(...played.flatMap(({ perStep }) => perStep));
  const head = `   time${played
    .map(({ name }) => `  ${name.padEnd(8 + BAR)}`)
    .join("")
    .trimEnd()}`;
  const lines = played[0]!.perStep.map((_, index) => {
    const columns = played.map(({ perStep }) => {
      const tries = perStep[index]!;
      const bar = "█".repeat(Math.round((tries / most) * BAR)) || (tries ? "▏" : "");
      return `  ${count((tries * 1000) / STEP).padStart(7)} ${bar.padEnd(BAR)}`;
    });
    return `${time(index * STEP)}${columns.join("")}${index * STEP === OUTAGE ? "← the server is back" : ""}`.trimEnd();
  });
  const table = [
    ["", "tries in the outage", "for each page", "busiest second", "busiest when it is back", "half are back in", "all in"],
    ...played.map(({ name, total, busiest, busiestBack, half, all }) => [
      name,
      count(total),
      (total / PAGES).toFixed(1),
      count(busiest),
      count(busiestBack),
      seconds(half),
      seconds(all),
    ]),
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return [
    `${count(PAGES)} pages lose the server for ${OUTAGE / 60_000} minutes`,
    played.map(({ name, how }) => `${name.padEnd(22)}  ${how}`).join("\n"),
    table.map((row) => row.map((cell, column) => (column ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join("  ")).join("\n"),
    `Connection attempts per second\n\n${head}\n${lines.join("\n")}`,
    onlyWhileSeen(),
  ].join("\n\n");
}

/** Plays one crowd through the outage. */
function lose({ waits }: Client) {
  const random = randomFrom(1);
  const perSecond = new Uint32Array((OUTAGE + AFTER) / 1000);
  const returns: number[] = [];
  for (let page = 0; page < PAGES; page++) {
    const wait = waits(random);
    let now = random() * NOTICED;
    for (let failures = 0; ; failures++) {
      now += wait(failures);
      if (now < OUTAGE + AFTER) perSecond[Math.floor(now / 1000)]!++;
      if (now >= OUTAGE) break;
    }
    returns.push(now - OUTAGE);
  }
  returns.sort((one, other) => one - other);
  const back = OUTAGE / 1000;
  const perStep: number[] = [];
  perSecond.forEach((tries, second) => {
    const step = Math.floor((second * 1000) / STEP);
    perStep[step] = (perStep[step] ?? 0) + tries;
  });
  return {
    perStep,
    total: perSecond.slice(0, back).reduce((sum, tries) => sum + tries, 0),
    busiest: Math.max(...perSecond),
    busiestBack: Math.max(...perSecond.slice(back)),
    half: returns[PAGES / 2]!,
    all: returns.at(-1)!,
  };
}

/** A stated mix of tabs: how many hours of connections the same hours of browsing cost. */
function onlyWhileSeen(): string {
  const HIDDEN_FOR = 30 / 3600;
  // Per visitor and hour: tabs of the site, the hours that each is seen, and how often it is hidden again.
  const mix = [
    { who: "reads one tab", share: 0.5, tabs: 1, seen: 1, looks: 0 },
    { who: "compares in three tabs", share: 0.3, tabs: 3, seen: 1 / 3, looks: 8 },
    { who: "left ten tabs open, looks at one", share: 0.2, tabs: 10, seen: 0.05, looks: 1 },
  ];
  const always = ({ tabs }: (typeof mix)[number]) => tabs;
  // Each time that it is hidden, a connection lives on for 30 s.
  const whileSeen = ({ tabs, seen, looks }: (typeof mix)[number]) => tabs * Math.min(1, seen + looks * HIDDEN_FOR);
  const rows = mix.map((visitor) => [
    `${Math.round(visitor.share * 100)} %`.padStart(5),
    visitor.who.padEnd(34),
    always(visitor).toFixed(1).padStart(7),
    whileSeen(visitor).toFixed(1).padStart(10),
  ]);
  const hours = (of: (visitor: (typeof mix)[number]) => number) => PAGES * mix.reduce((sum, visitor) => sum + visitor.share * of(visitor), 0);
  return [
    "Only while seen: hours of connections for each visitor and hour",
    "",
    `share  ${"visitor".padEnd(34)}   always  while seen`,
    ...rows.map((row) => row.join("  ")),
    "",
    `${count(PAGES)} visitors, one hour: ${count(hours(always))} connection-hours always connected, ${count(hours(whileSeen))} only while seen (${Math.round((1 - hours(whileSeen) / hours(always)) * 100)} % fewer)`,
  ].join("\n");
}

const count = (value: number): string => Math.round(value).toLocaleString("en");
const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
const time = (milliseconds: number): string => `${Math.floor(milliseconds / 60_000)}:${String((milliseconds / 1000) % 60).padStart(2, "0")}`.padStart(7);

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) console.log(crowd());
