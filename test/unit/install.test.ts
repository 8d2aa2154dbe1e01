// The blocks that the demo and its configurator fill in are the built ones, with another config.
import { readFile } from "node:fs/promises";
import { runInNewContext } from "node:vm";
import { Window } from "happy-dom";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { fillInline, fillSnippet, plainTag, rebase } from "../demo/install.ts";

const file = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");
const snippet = await file("snippet.html");
const inline = await file("dist/inline.html");

const config = {
  jwt: "window.myApp.getJwt",
  text: { title: `"Quotes", 'apostrophes' & <b>tags</b></script><!-- {{variables}} $& \\ ümlaut`, accept: "{{" },
  eid: "",
};

function attributeOf(html: string): unknown {
  const { document } = new Window({ settings: { disableJavaScriptFileLoading: true, disableJavaScriptEvaluation: true } });
  document.body.innerHTML = html;
  return JSON.parse(document.querySelector("[data-lp-cobrowse]")!.getAttribute("data-lp-cobrowse")!);
}

/** Runs the loader as a page would, and returns the script element it made. */
function load(block: string): Record<string, unknown> {
  const [, code] = block.match(/<script>([^]*)<\/script>/)!;
  const script: Record<string, unknown> = { setAttribute: (name: string, value: string) => (script[name] = value) };
  const anything: object = new Proxy(() => anything, { get: () => anything, apply: () => anything });
  const document = new Proxy({}, { get: (_, name) => (name === "createElement" ? () => script : anything) });
  runInNewContext(code!, { document, window: {} });
  return script;
}

test("the loader carries the config, whatever its values contain", () => {
  const block = fillSnippet(snippet, config);
  assert.equal(JSON.parse(load(block)["data-lp-cobrowse"] as string), config);
  assert.is(load(block).integrity, load(snippet).integrity);
  assert.not.match(block, "{{");
  assert.is(block.match(/<\/script/g)!.length, snippet.match(/<\/script/g)!.length);
});

test("the loader adds one script, to the head, and touches nothing else", () => {
  const settings = { disableJavaScriptFileLoading: true, handleDisabledFileLoadingAsSuccess: true };
  const { document } = new Window({ settings });
  const before = document.documentElement.outerHTML;
  const [, code] = snippet.match(/<script>([^]*)<\/script>/)!;
  runInNewContext(code!, { document, window: {} });
  const script = document.head.lastElementChild!;
  assert.is(script.getAttribute("src"), load(snippet).src);
  script.remove();
  assert.is(document.documentElement.outerHTML, before);
});

test("the loader can load from another place", () => {
  const { src } = load(rebase(snippet, "http://127.0.0.1:8321/dist"));
  assert.is(src, "http://127.0.0.1:8321/dist/lp-cobrowse.min.js");
});

test("inline.html carries the config, and its script stays as it is", () => {
  const block = fillInline(inline, config);
  assert.equal(attributeOf(block.slice(0, block.indexOf("<script"))), config);
  assert.not.match(block.slice(0, block.indexOf("<script")), "{{");
  assert.is(block.slice(block.indexOf("<script")), inline.slice(inline.indexOf("<script")));
});

test("the script tag carries the config, the URL and the integrity of the loader", () => {
  const block = plainTag(snippet, config);
  assert.equal(attributeOf(block), config);
  const { src, integrity } = load(snippet);
  assert.match(block, `src="${src}"`);
  assert.match(block, `integrity="${integrity}"`);
});

test("a block without a place for the config is refused", () => {
  assert.throws(() => fillSnippet("<script></script>", config), /Nothing to fill in/);
});

test.run();
