// Pictures of every screen and its states, in `screenshots/`: `wallet-home-ko-light.png` is app, screen, language, look.

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { DURE, startDemo } from "./demo.mjs";
import { PHONE, TABLET, balanceReaches, payIn } from "./people.mjs";
import { arrangements } from "./pictures/arrangements.mjs";
import { FOLDER, LOOKS, PLAIN, camera, taken, wears } from "./pictures/camera.mjs";
import { corners } from "./pictures/corners.mjs";
import { counterStory } from "./pictures/counter.mjs";
import { tillCorners, tillEnrolment, tillsDay } from "./pictures/till.mjs";
import { trouble } from "./pictures/trouble.mjs";
import { enrolment, everyDay, lostPhone } from "./pictures/wallet.mjs";
import { launch, open } from "./screen.mjs";

const RECIPIENTS = fileURLToPath(new URL("../../dure/demo/recipients.csv", import.meta.url));

/** The city's food vouchers: most people have some. */
function grant(folder) {
  execFileSync(DURE, ["grant", "--data", folder, "--campaign", "2", "--csv", RECIPIENTS], { stdio: "ignore" });
}

async function main() {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const demo = await startDemo();
  const browser = await launch();
  try {
    const [phone, till] = [await open(browser, demo.wallet, PHONE), await open(browser, demo.till, PHONE)];
    await wears(phone, PLAIN);
    await wears(till, PLAIN);
    const [wallet, counter] = [camera(phone, "wallet"), camera(till, "till")];
    await tillEnrolment(till, demo, counter);
    await phone.page.bringToFront();
    await enrolment(phone, demo, wallet);
    await payIn(browser, demo, phone, "박서연", 300_000);
    await balanceReaches(phone, 330_000);
    grant(demo.folder);
    await balanceReaches(phone, 360_000);
    const sale = await everyDay(phone, till, wallet);
    await tillsDay(till, phone, counter);
    await tillCorners(till, counter);
    await phone.page.bringToFront();
    await trouble(phone, till, sale, wallet);
    await corners(phone, browser, demo, wallet);
    await lostPhone(phone, demo, wallet);
    for (const look of LOOKS) {
      await wears(phone, look);
      await wears(till, look);
      await phone.page.bringToFront();
      await everyDay(phone, till, camera(phone, "wallet", look));
      await till.page.bringToFront();
      await tillsDay(till, phone, camera(till, "till", look));
    }
    const counterTop = await till.tab();
    await counterTop.page.setViewportSize(TABLET);
    await wears(counterTop, PLAIN);
    await wears(phone, PLAIN);
    await tillsDay(counterTop, phone, camera(counterTop, "till-tablet", PLAIN), { refunds: false });
    await arrangements(browser, demo, till);
    for (const lang of ["ko", "en"]) await counterStory(browser, demo, lang);
    console.log(`${taken} pictures in ${FOLDER}`);
  } finally {
    await browser.close();
    await demo.stop();
  }
}

await main();
