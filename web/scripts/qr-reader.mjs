// Reads a JSON array of texts from standard input and writes what the browser's reader says of each, for the test that compares it
// with the server's: {"code": …} or {"error": "QR_…"}.
import { readFileSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const outdir = await mkdtemp(path.join(os.tmpdir(), "dure-qr-"));
const outfile = path.join(outdir, "emvco.mjs");
await build({ absWorkingDir: root, entryPoints: ["ts/emvco.ts"], outfile, bundle: true, platform: "node", format: "esm", logLevel: "warning" });
const { decodeAny, QrError } = await import(pathToFileURL(outfile).href);
await rm(outdir, { recursive: true, force: true });

function read(text) {
  try {
    return { code: decodeAny(text) };
  } catch (error) {
    if (error instanceof QrError) return { error: error.code };
    throw error;
  }
}

const answer = Buffer.from(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(read)));
for (let at = 0; at < answer.length; ) at += writeSync(1, answer, at);
