// Builds web/dist: scripts, styles and pictures under names that carry a hash of their content, and manifest.json,
// which maps plain names to those. The crate serves nothing that is not listed here.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const dist = path.join(root, "dist");
const files = {};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

// The polyfill's own copy of the reader, not another version that may be installed beside it.
const nested = path.join(root, "node_modules/barcode-detector/node_modules/zxing-wasm");
const shared = path.join(root, "node_modules/zxing-wasm");
const zxing = (await exists(nested)) ? nested : shared;

const result = await build({
  absWorkingDir: root,
  entryPoints: { wallet: "ts/wallet.ts", till: "ts/till.ts", dure: "styles/dure.css" },
  outdir: dist,
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["chrome120", "firefox129", "safari17"],
  entryNames: "[name]-[hash]",
  chunkNames: "part-[hash]",
  assetNames: "[name]-[hash]",
  publicPath: "/static",
  loader: { ".wasm": "file", ".svg": "file" },
  alias: { "zxing-reader.wasm": path.join(zxing, "dist/reader/zxing_reader.wasm") },
  metafile: true,
  legalComments: "none",
  logLevel: "warning",
});

for (const [output, { entryPoint }] of Object.entries(result.metafile.outputs)) {
  if (!entryPoint || /part-/.test(output)) continue;
  const extension = path.extname(output);
  const name = path.basename(entryPoint).replace(/\.(ts|css)$/, extension);
  if (["wallet.js", "till.js", "dure.css"].includes(name)) files[name] = path.basename(output);
}

for (const name of await readdir(path.join(root, "static"))) {
  if (name.endsWith(".svg")) await emit(name, await readFile(path.join(root, "static", name)));
}
for (const name of ["wallet", "till"]) {
  const app = JSON.parse(await readFile(path.join(root, "static", `${name}.webmanifest.json`), "utf8"));
  app.icons = app.icons.map((icon) => ({ ...icon, src: `/static/${files[icon.src]}` }));
  await emit(`${name}.webmanifest`, Buffer.from(JSON.stringify(app)));
}

await writeFile(path.join(dist, "manifest.json"), JSON.stringify({ files }, null, 1));
console.log(`web/dist: ${Object.keys(files).length} named files, ${(await readdir(dist)).length} in all`);

async function emit(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 8).toUpperCase();
  const { name: stem, ext } = path.parse(name);
  files[name] = `${stem}-${hash}${ext}`;
  await writeFile(path.join(dist, files[name]), bytes);
}

async function exists(directory) {
  return readdir(directory).then(() => true, () => false);
}
