// A browser and what a person does with it: looks, taps, types, and holds a camera to another screen.

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

import { words } from "./words.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** How long a screen may take to show what it should, ms. */
const PATIENCE = 20_000;

/** Where the browser is, and how it is started. */
function how(...more) {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (!executablePath) throw new Error("no Chromium found: run `make setup`");
  return { executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage", ...more] };
}

/** Debian's Chromium, headless, with more flags perhaps. */
export const launch = (...more) => chromium.launch(how(...more));

/** One whose owner has forbidden all sites to store anything; `folder` is its profile. */
export async function launchForgetful(folder, viewport) {
  mkdirSync(join(folder, "Default"));
  writeFileSync(join(folder, "Default/Preferences"), JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }));
  return launchPerson(folder, viewport);
}

/** A browser with a profile of its own in `folder`, as people have one. */
export async function launchPerson(folder, viewport, ...more) {
  const context = await chromium.launchPersistentContext(folder, { ...how(...more), viewport, locale: "ko-KR" });
  context.setDefaultTimeout(PATIENCE);
  return context;
}

/** One person's screen at `base`. Errors of the page are collected in `faults`. */
export async function open(browser, base, viewport, more = {}) {
  const context = await browser.newContext({ viewport, locale: "ko-KR", deviceScaleFactor: 2, ignoreHTTPSErrors: true, ...more });
  context.setDefaultTimeout(PATIENCE);
  return screenIn(context, base);
}

/** A screen of its own in a browser that may have others: they share keys and cookies. */
export async function screenIn(context, base) {
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // An answer of 4xx is the server's business; the page shows it.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) faults.push(message.text());
  });
  const at = (id) => page.getByTestId(id);
  return {
    base,
    page,
    faults,
    at,
    go: (path) => page.goto(base + path),
    tap: (id) => at(id).click(),
    /** Presses the button that was pressed last once more, as whoever has read what came of it: sooner, it would be a double tap's second. */
    tapAgain: async (id) => {
      await page.waitForTimeout(500);
      await at(id).click();
    },
    fill: (id, text) => at(id).fill(text),
    sees: (id) => at(id).waitFor({ state: "visible" }),
    /** Waits until an element says something like `what`. */
    says: (id, what) => at(id).filter({ hasText: what, visible: true }).waitFor(),
    /** Waits until what has come up stands still and takes taps: for a click that is forced. */
    still: () => page.waitForFunction(() => document.documentElement.dataset.coming === undefined),
    /** Waits until the page has started and shows what it asked for. */
    loaded: async () => {
      await page.locator("body[data-ready]").waitFor();
      await page.waitForFunction(() => ![...document.querySelectorAll(".skeleton")].some((one) => one.checkVisibility()));
    },
    text: async (id) => (await at(id).textContent())?.trim() ?? "",
    /** Another tab of the same browser. */
    tab: () => screenIn(context, base),
    close: () => context.close(),
  };
}

/** Types a PIN on the sheet's own keypad. */
export async function typePin(screen, pin) {
  await screen.sees("pin-sheet");
  for (const digit of pin) await screen.tap(`pin-key-${digit}`);
}

const ASKED_AGAIN = new RegExp(["ko", "en"].map((lang) => words(lang)("pin-second").source).join("|"));

/** Types a new PIN, and once more when the sheet asks for it again: sooner, its first digits would be lost. */
export async function choosePin(screen, pin) {
  await typePin(screen, pin);
  await screen.says("pin-title", ASKED_AGAIN);
  await typePin(screen, pin);
}

/** Types an amount on a keypad. */
export async function typeAmount(screen, keypad, amount) {
  for (const digit of String(amount)) await screen.tap(`${keypad}-key-${digit}`);
}

/** Takes a picture of an element and reads its QR with zbar, a reader that is not ours. */
export async function readQr(screen, id, folder) {
  const path = join(folder, "till.png");
  await screen.sees(id);
  // Clear of the bar at the bottom.
  await screen.at(id).evaluate((code) => code.scrollIntoView({ block: "center" }));
  await screen.at(id).screenshot({ path });
  return execFileSync("zbarimg", ["--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path], { encoding: "utf8" }).trim();
}

/** What axe-core finds wrong with the screen as it is, in WCAG 2.2 A and AA. */
export async function barriers(screen) {
  // Whatever is fading or rising has arrived: half-way, a text has no contrast to be judged.
  await screen.page.emulateMedia({ reducedMotion: "reduce" });
  await screen.page.evaluate(() => {
    const ends = document.getAnimations().filter((one) => one.effect?.getComputedTiming().iterations !== Infinity);
    return Promise.allSettled(ends.map((one) => one.finished));
  });
  await screen.page.evaluate(AXE);
  // At its end a page has nothing behind the menu that stays at the bottom.
  await screen.page.evaluate(() => {
    scrollTo(0, document.documentElement.scrollHeight);
    for (const one of document.getAnimations()) one.effect?.getComputedTiming().endTime === Infinity ? one.cancel() : one.finish();
  });
  const found = await screen.page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }),
  );
  await screen.page.emulateMedia({ reducedMotion: null });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}
