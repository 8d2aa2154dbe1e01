// Everybody can perceive, reach and restyle the prompt. What an engine computes is tested in all of them; axe, forced
// colours and touch, which the emulation of Chromium knows best, there.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as assert from "uvu/assert";
import type { Page, Rect } from "../support/browsers.ts";
import { forEachEngine } from "../support/engines.ts";
import { armed, inTurn, openPrompt } from "../support/prompt.ts";
import { startSite, type Site } from "../support/site.ts";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}
declare const axe: { run(context: unknown, options: object): Promise<{ violations: Finding[]; incomplete: Finding[]; passes: Finding[] }> };

/** The lowest contrast of each part's text with what is behind it, by WCAG's formula, from computed colours. */
function contrasts(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const root = document.querySelector("lp-cobrowse")!.shadowRoot!;
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
    /** Any CSS colour, system colours too, as the canvas paints it over white. */
    const rgba = (colour: string) => {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      return [...context.getImageData(0, 0, 1, 1).data] as [number, number, number, number];
    };
    const luminance = (colour: string) => {
      const [red, green, blue] = rgba(colour).map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [
        number,
        number,
        number,
      ];
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const behind = (element: Element): string => {
      const colour = getComputedStyle(element).backgroundColor;
      const alpha = rgba(colour)[3];
      if (alpha === 255) return colour;
      if (alpha !== 0) throw new Error(`${element.localName} has a translucent background: ${colour}`);
      return behind(element.parentElement!);
    };
    return Object.fromEntries(
      ["title", "message", "decline", "accept"].map((part) => {
        const element = root.querySelector(`[part=${part}]`)!;
        const [light, dark] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => b - a) as [number, number];
        return [part, (light + 0.05) / (dark + 0.05)];
      }),
    );
  });
}

function assertReadable(found: Record<string, number>): void {
  for (const [part, contrast] of Object.entries(found)) assert.ok(contrast >= 4.5, `${part} has a contrast of ${contrast.toFixed(2)}`);
}

forEachEngine("everybody and the prompt", (test, engine) => {
  let site: Site;
  test.before(async () => {
    site = await startSite();
  });
  test.after(() => site.close());
  test.after.each(() => site.conversation.invitations.forEach((invitation) => invitation.cancel()));

  for (const colorScheme of ["light", "dark"] as const) {
    test(`${colorScheme}: every text has a contrast of 4.5 or more${engine === "chromium" ? ", and axe finds nothing and leaves nothing open" : ""}`, async ({
      page,
    }) => {
      await page.emulate({ colorScheme });
      await openPrompt(page, site, { body: "<main><h1>A shop</h1><button>Buy</button></main>" });
      await armed(page);
      assertReadable(await contrasts(page));
      const background = await page.evaluate(
        () => getComputedStyle(document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("dialog")!).backgroundColor,
      );
      const lightness = Math.max(
        ...background
          .match(/[\d.]+/g)!
          .slice(0, 3)
          .map(Number),
      );
      assert.ok(colorScheme === "dark" ? lightness < 60 : lightness > 230, background);
      if (engine !== "chromium") return;

      await page.evaluate(AXE_RUNNER, AXE);
      const all = await page.evaluate(async () => {
        const { violations, incomplete, passes } = await axe.run(document, { rules: { "target-size": { enabled: true } } });
        const plain = (findings: Finding[]) => findings.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`));
        return { violations: plain(violations), incomplete: plain(incomplete), passes: passes.map(({ id }) => id) };
      });
      assert.equal(all.violations, []);
      // On <html>, the one thing that axe cannot judge is the contrast.
      assert.equal(
        all.incomplete.filter((line) => !line.startsWith("color-contrast")),
        [],
      );
      for (const rule of ["aria-dialog-name", "button-name", "target-size"]) assert.ok(all.passes.includes(rule), `axe did not look at ${rule}`);

      // In <body> it can: the same dialog with the same styles. (Were the prompt itself moved, it would come anew on <html>.)
      const contrast = await page.evaluate(async () => {
        const host = document.querySelector("lp-cobrowse")!;
        const dialog = host.shadowRoot!.querySelector("dialog")!;
        const copy = document.body.appendChild(document.createElement("section"));
        const root = copy.attachShadow({ mode: "open" });
        const clone = root.appendChild(dialog.cloneNode(true)) as HTMLDialogElement;
        host.shadowRoot!.querySelector("dialog")!.style.display = "none";
        clone.removeAttribute("open");
        clone.show();
        const { violations, incomplete, passes } = await axe.run(copy, { runOnly: ["color-contrast"] });
        const count = (findings: Finding[]) => findings.flatMap(({ nodes }) => nodes).length;
        return { violations: count(violations), incomplete: count(incomplete), passes: count(passes) };
      });
      assert.equal(contrast, { violations: 0, incomplete: 0, passes: 4 });
    });
  }

  if (engine === "chromium") {
    test("in forced colours the words are the system's colours, light and dark, and each button has its border", async ({ page }) => {
      await inTurn(
        [
          ["light", "light"],
          ["dark", "dark"],
        ] as const,
        async (colorScheme) => {
          await page.emulate({ forcedColors: true, colorScheme });
          await openPrompt(page, site);
          assert.ok(await page.evaluate(() => matchMedia("(forced-colors: active)").matches));
          assertReadable(await contrasts(page));
          const borders = await page.evaluate(() =>
            [...document.querySelector("lp-cobrowse")!.shadowRoot!.querySelectorAll("dialog, button")].map((element) => {
              const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(element);
              return parseFloat(borderTopWidth) >= 1 && borderTopStyle === "solid" && borderTopColor !== backgroundColor;
            }),
          );
          assert.equal(borders, [true, true, true]);
          site.conversation.invitations.at(-1)!.cancel();
        },
      );
    });

    test("for a finger the buttons are 44 px high", async ({ page }) => {
      await page.emulate({ touch: true });
      await page.viewport(390, 844);
      await openPrompt(page, site);
      for (const part of ["decline", "accept"]) {
        const { width, height } = (await page.promptPart(part))!;
        assert.ok(height >= 44 && width >= 44, `${part}: ${width} by ${height}`);
      }
    });
  }

  test("targets of 24 px and more, of one size; a ring shows the focus of each", async ({ page }) => {
    await openPrompt(page, site);
    const [decline, accept] = [(await page.promptPart("decline"))!, (await page.promptPart("accept"))!];
    assert.ok(decline.width >= 24 && decline.height >= 24);
    assert.equal([decline.width, decline.height].map(Math.round), [accept.width, accept.height].map(Math.round));
    await armed(page);
    for (const part of ["decline", "accept"]) {
      await page.press("Tab");
      const ring = await page.evaluate(() => {
        const focused = document.querySelector("lp-cobrowse")!.shadowRoot!.activeElement!;
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        return { part: focused.getAttribute("part"), visible: focused.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 };
      });
      assert.equal(ring, { part, visible: true });
    }
  });

  for (const [width, height, stacked] of [
    [1024, 640, false],
    [390, 844, false],
    [320, 568, true],
  ] as const) {
    if (engine !== "chromium" && width === 390) continue;
    test(`${width} px wide: even padding, buttons ${stacked ? "one above the other" : "side by side"} and equally large, room to the edges`, async ({
      page,
    }) => {
      await page.viewport(width, height);
      await openPrompt(page, site);
      const [dialog, title, message, decline, accept] = await Promise.all(
        ["dialog", "title", "message", "decline", "accept"].map(async (part) => (await page.promptPart(part))!),
      );
      const below = ({ y, height }: Rect) => y + height;
      const right = ({ x, width }: Rect) => x + width;
      const padding = {
        left: title!.x - dialog!.x,
        top: title!.y - dialog!.y,
        right: right(dialog!) - right(accept!),
        bottom: below(dialog!) - below(accept!),
      };
      for (const [side, size] of Object.entries(padding)) assert.ok(Math.abs(size - padding.left) <= 3 && size >= 15, `${side}: ${size} of ${padding.left}`);
      assert.ok(message!.y - below(title!) <= decline!.y - below(message!) + 1, "the title is close to its sentence");
      assert.equal([decline!.width, decline!.height].map(Math.round), [accept!.width, accept!.height].map(Math.round));
      const gap = stacked ? accept!.y - below(decline!) : accept!.x - right(decline!);
      assert.ok(gap > 0 && gap < decline!.y - below(message!), `the buttons are a group: ${gap}`);
      assert.is(Math.abs(accept!.y - decline!.y) < 1, !stacked);
      assert.ok(dialog!.x >= 12 && right(dialog!) <= width - 12, `${dialog!.x} to ${right(dialog!)}`);
    });
  }

  test("a quiet border, no ring around the whole, a page that is darkened", async ({ page }) => {
    await openPrompt(page, site);
    const { border, ...style } = await page.evaluate(() => {
      const style = getComputedStyle(document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("dialog")!);
      const { borderTopWidth, borderTopColor, outlineWidth, outlineStyle, boxShadow } = style;
      return { border: [borderTopWidth, borderTopColor], ring: outlineStyle !== "none" && outlineWidth !== "0px", boxShadow };
    });
    assert.equal(border, ["1px", "rgb(136, 136, 136)"]);
    assert.is(style.ring, false);
    // Wider than any window, whatever the page says of ::backdrop.
    assert.match(style.boxShadow, /^rgba\(0, 0, 0, 0\.4\) 0px 0px 0px 9504px/);
  });

  test("a site that is light asks for the light prompt", async ({ page }) => {
    await page.emulate({ colorScheme: "dark" });
    await openPrompt(page, site, { head: "<style>lp-cobrowse::part(dialog) { color-scheme: light }</style>" });
    const background = await page.evaluate(() => getComputedStyle(document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector("dialog")!).backgroundColor);
    assert.is(background, "rgb(255, 255, 255)");
    assertReadable(await contrasts(page));
  });

  test("::part() restyles each part", async ({ page }) => {
    const colours = { dialog: "rgb(1, 2, 3)", title: "rgb(4, 5, 6)", message: "rgb(7, 8, 9)", decline: "rgb(10, 11, 12)", accept: "rgb(13, 14, 15)" };
    const css = Object.entries(colours).map(([part, colour]) => `lp-cobrowse::part(${part}) { color: ${colour}; background: ${colour}; border-radius: 3px }`);
    await openPrompt(page, site, { head: `<style>${css.join("\n")}</style>` });
    const found = await page.evaluate(
      (parts) =>
        parts.map((part) => {
          const { color, backgroundColor, borderTopLeftRadius } = getComputedStyle(
            document.querySelector("lp-cobrowse")!.shadowRoot!.querySelector(`[part=${part}]`)!,
          );
          return [part, color, backgroundColor, borderTopLeftRadius];
        }),
      Object.keys(colours),
    );
    assert.equal(
      found,
      Object.entries(colours).map(([part, colour]) => [part, colour, colour, "3px"]),
    );
  });
});

/** Runs in the page. */
function AXE_RUNNER(source: string): void {
  (0, eval)(source);
}
