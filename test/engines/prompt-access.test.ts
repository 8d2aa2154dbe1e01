// Everybody can perceive, reach and restyle the prompt. What an engine computes is tested in all of them; axe, forced
// colours and touch, which the emulation of Chromium knows best, there.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as assert from "uvu/assert";
import type { Page } from "../support/browsers.ts";
import { onOneSite } from "../support/engines.ts";
import { armed, openPrompt, PARTS, places, styles } from "../support/visitor.ts";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}
declare const axe: { run(context: unknown, options: object): Promise<{ violations: Finding[]; incomplete: Finding[]; passes: Finding[] }> };

type Colour = [red: number, green: number, blue: number];
const WHITE: Colour = [255, 255, 255];

/** A computed colour, which may be translucent, on top of another. */
function paint(computed: string, behind: Colour): Colour {
  const [red, green, blue, alpha = 1] = computed.match(/[\d.]+/g)!.map(Number) as [...Colour, number?];
  const mix = (above: number, below: number) => above * alpha + below * (1 - alpha);
  return [mix(red, behind[0]), mix(green, behind[1]), mix(blue, behind[2])];
}

/** How light it is, from 0 to 1, by WCAG's formula. */
function luminance(colour: Colour): number {
  const [red, green, blue] = colour.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as Colour;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Every text has a contrast of 4.5 or more with what is behind it. Gives how light the dialog is. */
async function expectReadable(page: Page): Promise<number> {
  const { dialog, ...texts } = await styles(page, "color", "backgroundColor");
  const canvas = paint(dialog.backgroundColor, WHITE);
  for (const [part, { color, backgroundColor }] of Object.entries(texts)) {
    const behind = paint(backgroundColor, canvas);
    const both = [luminance(paint(color, behind)), luminance(behind)];
    const contrast = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    assert.ok(contrast >= 4.5, `${part} has a contrast of ${contrast.toFixed(2)}: ${color} on rgb(${behind})`);
  }
  return luminance(canvas);
}

onOneSite("everybody and the prompt", (test, engine) => {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${colorScheme}: every text has a contrast of 4.5 or more`, async ({ page, site }) => {
      await page.emulate({ colorScheme });
      await openPrompt(page, site);
      await armed(page);
      const lightness = await expectReadable(page);
      assert.ok(colorScheme === "dark" ? lightness < 0.05 : lightness > 0.8, `The dialog's luminance is ${lightness}`);
    });

    if (engine !== "chromium") continue;

    test(`${colorScheme}: axe finds nothing, and leaves nothing open`, async ({ page, site }) => {
      await page.emulate({ colorScheme });
      await openPrompt(page, site, { body: "<main><h1>A shop</h1><button>Buy</button></main>" });
      await armed(page);
      await page.evaluate((source) => void (0, eval)(source), AXE);
      const all = await page.evaluate(async () => {
        const { violations, incomplete, passes } = await axe.run(document, { rules: { "target-size": { enabled: true } } });
        const plain = (findings: Finding[]) => findings.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
        // On <html> axe cannot judge the contrast: that is done above.
        const open = incomplete.filter(({ id }) => id !== "color-contrast");
        return { violations: plain(violations), open: plain(open), passes: passes.map(({ id }) => id) };
      });
      assert.equal({ violations: all.violations, open: all.open }, { violations: [], open: [] });
      for (const rule of ["aria-dialog-name", "button-name", "target-size"]) assert.ok(all.passes.includes(rule), `axe did not look at ${rule}`);
    });

    test(`${colorScheme}: in forced colours the words are the system's, and each button has its border`, async ({ page, site }) => {
      await page.emulate({ forcedColors: true, colorScheme });
      await openPrompt(page, site);
      assert.ok(await page.evaluate(() => matchMedia("(forced-colors: active)").matches));
      await expectReadable(page);
      const found = await styles(page, "borderTopWidth", "borderTopStyle", "borderTopColor", "backgroundColor");
      for (const part of ["dialog", "decline", "accept"] as const) {
        const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = found[part];
        const isBordered = parseFloat(borderTopWidth) >= 1 && borderTopStyle === "solid" && borderTopColor !== backgroundColor;
        assert.ok(isBordered, `${part}: ${JSON.stringify(found[part])}`);
      }
    });
  }

  test("a ring shows the focus of each button", async ({ page, site }) => {
    await openPrompt(page, site);
    await armed(page);
    for (const part of ["decline", "accept"]) {
      await page.press("Tab");
      const ring = await page.inPrompt(({ root }) => {
        const focused = root.activeElement!;
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        return { part: focused.getAttribute("part"), visible: focused.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 };
      });
      assert.equal(ring, { part, visible: true });
    }
  });

  for (const { width, height, touch, stacked } of [
    { width: 1024, height: 640, touch: false, stacked: false },
    { width: 390, height: 844, touch: true, stacked: false },
    { width: 320, height: 568, touch: false, stacked: true },
  ]) {
    if (touch && engine !== "chromium") continue;
    test(`${width} px wide: even padding, equal buttons ${stacked ? "one above the other" : "side by side"}, room to the edges`, async ({ page, site }) => {
      if (touch) await page.emulate({ touch });
      await page.viewport(width, height);
      await openPrompt(page, site);
      const { dialog, title, message, decline, accept } = await places(page);
      const padding = {
        left: title.left - dialog.left,
        top: title.top - dialog.top,
        right: dialog.right - accept.right,
        bottom: dialog.bottom - accept.bottom,
      };
      for (const [side, size] of Object.entries(padding)) assert.ok(Math.abs(size - padding.left) <= 3 && size >= 15, `${side}: ${size} of ${padding.left}`);
      const gaps = {
        belowTitle: message.top - title.bottom,
        belowMessage: decline.top - message.bottom,
        betweenButtons: stacked ? accept.top - decline.bottom : accept.left - decline.right,
      };
      assert.ok(gaps.belowTitle <= gaps.belowMessage + 1, `The title is not close to its sentence: ${JSON.stringify(gaps)}`);
      assert.ok(gaps.betweenButtons > 0 && gaps.betweenButtons < gaps.belowMessage, `The buttons are no group: ${JSON.stringify(gaps)}`);
      const size = ({ width, height }: DOMRect) => ({ width: Math.round(width), height: Math.round(height) });
      assert.equal(size(accept), size(decline));
      // WCAG asks for 24 px, a finger for 44.
      assert.ok(decline.width >= 44 && decline.height >= 44, `The buttons are ${decline.width} by ${decline.height}`);
      assert.is(Math.abs(accept.top - decline.top) >= 1, stacked, "stacked");
      assert.ok(dialog.left >= 12 && dialog.right <= width - 12, `${dialog.left} to ${dialog.right}`);
    });
  }

  test("a quiet border, no ring around the whole, a page that is darkened", async ({ page, site }) => {
    await openPrompt(page, site);
    const { outlineStyle, outlineWidth, boxShadow, ...border } = (
      await styles(page, "borderTopWidth", "borderTopColor", "outlineStyle", "outlineWidth", "boxShadow")
    ).dialog;
    assert.equal(border, { borderTopWidth: "1px", borderTopColor: "rgb(136, 136, 136)" });
    assert.ok(outlineStyle === "none" || outlineWidth === "0px", `A ring: ${outlineWidth} ${outlineStyle}`);
    // Wider than any window, whatever the page says of ::backdrop.
    assert.match(boxShadow, /^rgba\(0, 0, 0, 0\.4\) 0px 0px 0px 9504px/);
  });

  test("a site that is light asks for the light prompt", async ({ page, site }) => {
    await page.emulate({ colorScheme: "dark" });
    await openPrompt(page, site, { head: "<style>lp-cobrowse::part(dialog) { color-scheme: light }</style>" });
    assert.is((await styles(page, "backgroundColor")).dialog.backgroundColor, "rgb(255, 255, 255)");
    await expectReadable(page);
  });

  test("::part() restyles each part", async ({ page, site }) => {
    const own = Object.fromEntries(
      PARTS.map((part, index) => [part, { color: `rgb(1, 2, ${index})`, backgroundColor: `rgb(3, 4, ${index})`, borderTopLeftRadius: "3px" }]),
    );
    const rules = Object.entries(own).map(
      ([part, { color, backgroundColor }]) => `lp-cobrowse::part(${part}) { color: ${color}; background: ${backgroundColor}; border-radius: 3px }`,
    );
    await openPrompt(page, site, { head: `<style>${rules.join("\n")}</style>` });
    assert.equal(await styles(page, "color", "backgroundColor", "borderTopLeftRadius"), own);
  });
});
