// An empty page of this machine with the verifier of proofs as `proofs`: WebCrypto is there for secure pages only.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { launch } from "./screen.mjs";

const root = new URL("../../", import.meta.url);
const { build } = createRequire(new URL("web/package.json", root))("esbuild");

/** The verifier as one script that sets `proofs`. */
async function verifier() {
  const entry = fileURLToPath(new URL("web/ts/proof/verify.ts", root));
  const built = await build({ entryPoints: [entry], bundle: true, write: false, format: "iife", globalName: "proofs" });
  return built.outputFiles[0].text;
}

/** Opens the page; `close` ends browser and server. */
export async function proofPage() {
  const server = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<!doctype html><title>proofs</title>"));
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const browser = await launch();
  const close = async () => {
    await browser.close();
    await new Promise((closed) => server.close(closed));
  };
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.addScriptTag({ content: await verifier() });
    return { page, close };
  } catch (error) {
    await close();
    throw error;
  }
}
