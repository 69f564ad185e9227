// A browser and what a person does with it: looks, taps, types, and holds a camera to another screen.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** How long a screen may take to show what it should, ms. */
const PATIENCE = 20_000;

/** Debian's Chromium, headless, with more flags perhaps. */
export function launch(...more) {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (!executablePath) throw new Error("no Chromium found: run `make setup`");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", ...more] });
}

/** One person's screen at `base`. Errors of the page are collected in `faults`. */
export async function open(browser, base, viewport) {
  const context = await browser.newContext({ viewport, locale: "ko-KR", deviceScaleFactor: 2, ignoreHTTPSErrors: true });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // An answer of 4xx is the server's business; the page shows it.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(message.text());
  });
  const at = (id) => page.getByTestId(id);
  return {
    page,
    faults,
    at,
    go: (path) => page.goto(base + path),
    tap: (id) => at(id).click(),
    fill: (id, text) => at(id).fill(text),
    sees: (id) => at(id).waitFor({ state: "visible" }),
    text: async (id) => (await at(id).textContent())?.trim() ?? "",
    close: () => context.close(),
  };
}

/** Types a PIN on the sheet's own keypad. */
export async function typePin(screen, pin) {
  await screen.sees("pin-sheet");
  for (const digit of pin) await screen.tap(`pin-key-${digit}`);
}

/** Types an amount on a keypad. */
export async function typeAmount(screen, keypad, amount) {
  for (const digit of String(amount)) await screen.tap(`${keypad}-key-${digit}`);
}

/** Takes a picture of an element and reads its QR with zbar, a reader that is not ours. */
export async function readQr(screen, id, folder) {
  const path = join(folder, "till.png");
  await screen.sees(id);
  await screen.at(id).screenshot({ path });
  return execFileSync("zbarimg", ["--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path], { encoding: "utf8" }).trim();
}

/** What axe-core finds wrong with the screen as it is, in WCAG 2.2 A and AA. */
export async function barriers(screen) {
  // What is still fading in has no contrast yet.
  await screen.page.evaluate(() => {
    const ends = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    return Promise.allSettled(ends.map((one) => one.finished));
  });
  await screen.page.evaluate(AXE);
  const found = await screen.page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
