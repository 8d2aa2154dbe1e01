// When the demo says that a page tries again: the snippet's own waits, by what the server sees.
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Retries } from "../demo/retries.ts";
import type { LogEntry } from "../simulator/simulator.ts";

const NOW = 1_000_000;

/** A server's log, in the words of what happens. What ends an attempt returns in how many seconds the page tries again. */
class Story {
  readonly retries = new Retries();
  #sockets = 0;

  #note(entry: object): number | undefined {
    return this.retries.note({ index: 0, at: 0, ...entry } as LogEntry, NOW);
  }

  begins(tab = "1"): void {
    this.retries.began(tab, `token of ${tab}`);
  }

  connects(tab = "1", code = 200) {
    const socket = ++this.#sockets;
    const answer = (type: string) => this.#note({ type: "out", socket, frame: { kind: "resp", type, code } });
    this.begins(tab);
    this.#note({ type: "open", socket });
    this.#note({ type: "in", socket, text: `{"headers":[{"jwt":"token of ${tab}"}]}` });
    answer("");
    return {
      answersClock: () => answer("GetClockResponse"),
      hasAsked: () => this.#note({ type: "in", socket, text: "{}" }),
      closed: (by: "server" | "client") => this.#note({ type: "close", socket, by }),
    };
  }

  refused(): number | undefined {
    return this.#note({ type: "refused" });
  }
}

test("the waits double up to two minutes", () => {
  const story = new Story();
  const waits = Array.from({ length: 9 }, () => (story.begins(), story.refused()));
  assert.equal(waits, [2, 3, 5, 9, 17, 33, 65, 129, 129]);
  assert.is(story.retries.due, NOW + 129_000);
  story.connects();
  assert.is(story.retries.due, 0);
});

test("the waits begin anew with a connection that has lasted, and with a new page", () => {
  const story = new Story();
  assert.is(story.connects().closed("server"), 2);
  const lasting = story.connects();
  lasting.answersClock();
  lasting.answersClock();
  assert.is(lasting.closed("server"), 2);
  const short = story.connects();
  short.answersClock();
  assert.is(short.closed("server"), 3);
  story.retries.loaded("1");
  assert.is(story.connects().closed("server"), 2);
});

test("a page that closes by itself does not try again, unless it was refused or has waited in vain", () => {
  const story = new Story();
  assert.is(story.connects().closed("client"), undefined);
  assert.is(story.connects("1", 429).closed("client"), 2);
  const silent = story.connects();
  silent.hasAsked();
  assert.is(silent.closed("client"), 3);
});

test("each tab has waits of its own, and a refusal is that of the tab that began first", () => {
  const story = new Story();
  assert.is(story.connects("1").closed("server"), 2);
  story.begins("2");
  story.begins("1");
  assert.equal([story.refused(), story.refused(), story.refused()], [2, 3, undefined]);
});

test.run();
