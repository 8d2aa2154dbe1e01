import { brotliCompressSync, gzipSync } from "node:zlib";
import { libraries } from "./libraries.ts";
import { bytes, times, type Table } from "./report.ts";

/** dist/CobrowseIO.umd.js of npm's cobrowse-sdk-js 3.28.6, measured once: it would bring 30 packages with it, for three numbers. */
const COBROWSE_SDK = { name: "cobrowse-sdk-js 3.28.6", does: "another co-browsing, with its own server", raw: 468_794, gzip: 128_301, brotli: 104_245 };

export async function measureBytes(): Promise<Table> {
  const sizes = (await libraries()).map(({ name, does, script }) => ({
    name,
    does,
    raw: Buffer.byteLength(script),
    gzip: gzipSync(script, { level: 9 }).length,
    brotli: brotliCompressSync(script).length,
  }));
  sizes.push(COBROWSE_SDK);
  const product = sizes[0]!;
  const of = (name: string) => `${name}: ${bytes(sizes.find((size) => size.name === name)!.raw)}`;
  return {
    title: "Bytes",
    how: "The minified file that each package ships, or else its modules as one file by esbuild.",
    head: ["", "raw", "gzip", "brotli", "raw, beside ours", "what it does"],
    rows: sizes.map(({ name, does, raw, gzip, brotli }) => [name, bytes(raw), bytes(gzip), bytes(brotli), times(raw / product.raw), does]),
    summary: [
      ["file", `${bytes(product.raw)}; ${bytes(product.gzip)} gzipped`, `${of("reconnecting-websocket")}; ${of("a11y-dialog")}; ${of(COBROWSE_SDK.name)}`],
    ],
    limits: [
      { what: "dist/lp-cobrowse.min.js", reach: "under 5,000 B", measured: bytes(product.raw), holds: product.raw < 5000 },
      { what: "the same, gzipped", reach: "under 2,900 B", measured: bytes(product.gzip), holds: product.gzip < 2900 },
    ],
  };
}
