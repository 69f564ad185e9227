// Each button and link of each page of wallet, counter and till, in each step and sheet: two taps at once, and Enter or Space held, are
// one press, ask for nothing twice, and reach nothing on what comes up behind it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { holdBack, middleOf, paths, scenes, show } from "./buttons.mjs";
import { startDemo } from "./demo.mjs";
import { APART, touch } from "./fingers.mjs";
import { BAKERY, PHONE, SEOYEON, TABLET, ask, balanceReaches, enrol, payIn, propose } from "./people.mjs";
import { launch, typePin } from "./screen.mjs";

const PIN = "258036";
/** What stands in the fields, so that a button has something to send. */
const FIELDS = {
  "send-who": "mina@sebyeol.example",
  "lost-birth": "19881105",
  "lost-email": "seoyeon@sebyeol.example",
  "enrol-name": "박서연",
  "enrol-birth": "19881105",
  "enrol-email": "seoyeon@sebyeol.example",
  "enrol-code": "123456",
  "pay-code": "000201",
  "find-who": "박서연",
  "find-reason": "주민등록증으로 확인",
  "phone-number": "12345678",
};
/** There are many buttons: as short as shows the fault. */
const QUICK = { after: 250, repeats: 6 };
/** Fewer than these would mean that buttons are no longer found. */
const LEAST = { wallet: 80, till: 30 };
/** A screen comes up in this time, ms; whatever a busy machine taps later proves nothing. */
const COMING = 350;

let demo, browser;
const faces = {};

before(async () => {
  demo = await startDemo();
  browser = await launch();
  const phone = await touch(browser, demo.wallet, PHONE, QUICK);
  const till = await touch(browser, demo.till, TABLET, QUICK);
  await enrol(phone, demo, PIN, SEOYEON);
  await payIn(browser, demo, phone, "박서연", 50_000);
  await balanceReaches(phone, 55_000);
  await enrol(till, demo, "741963", BAKERY);
  await propose(phone, await ask(till, demo, 2_000));
  await phone.tap("confirm-go");
  await typePin(phone, PIN);
  await till.sees("sale-step-paid");
  await till.go("/today");
  const refund = await till.page.locator("a[href^='/refund/']").first().getAttribute("href");
  await phone.go("/history");
  const receipt = await phone.page.locator("a[href^='/receipt/']").first().getAttribute("href");
  const real = { "/receipt/{tx}": receipt, "/refund/{order}": refund };
  // Pages for those who have no device yet are seen by one who has none.
  const strangers = {
    wallet: await touch(browser, demo.wallet, PHONE, QUICK),
    till: await touch(browser, demo.till, TABLET, QUICK),
  };
  for (const [face, known] of [["wallet", phone], ["till", till]]) {
    for (const screen of [known, strangers[face]]) screen.held = await holdBack(screen);
    faces[face] = paths(face).map((path) => ({
      path: real[path] ?? path,
      screen: ["/enrol", "/lost", "/move", "/counter", "/trust"].includes(path) ? strangers[face] : known,
    }));
  }
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function arrive(screen, path) {
  screen.held.on = false;
  // What was tapped last may just have begun to lead elsewhere.
  await screen.go(path).catch(() => screen.go(path));
  // One page shows the waiting itself.
  await (path === "/kit" ? screen.page.locator("body[data-ready]").waitFor() : screen.loaded());
}

/** Taps one control while its scene comes up; answers what is wrong. */
async function early({ screen, path }, scene, at) {
  await arrive(screen, path);
  await screen.still();
  const { held } = screen;
  const begun = Date.now();
  const control = (await show(screen, scene, FIELDS))[at];
  const point = control && (await middleOf(screen, at));
  if (!point) return [];
  Object.assign(held, { on: true, asked: [], reached: [] });
  await screen.finger(point);
  const late = Date.now() - begun > COMING;
  await sleep(APART);
  held.on = false;
  return late || held.reached.length === 0 ? [] : [`${path} ${scene} ${control.name}: answered before it stood still`];
}

/** Tries one control in one way; answers what is wrong. */
async function attempt({ screen, path }, scene, within, at, way) {
  await arrive(screen, path);
  const control = (await show(screen, scene, FIELDS, within))[at];
  if (!control) return [];
  await screen.still();
  const { held } = screen;
  Object.assign(held, { on: true, asked: [], reached: [] });
  const point = await middleOf(screen, at);
  if (!point) return [];
  await (way === "twice" ? screen.twice(point) : screen.hold(way));
  held.on = false;
  const wrong = [];
  const most = control.key && way === "twice" ? 2 : 1;
  const places = new Set(held.reached);
  const twice = held.asked.filter((one, index) => held.asked.indexOf(one) !== index);
  if (places.size > 1) wrong.push(`reached ${[...places].join(" and ")}`);
  if (way !== "twice" && held.reached.length > most) wrong.push(`pressed ${held.reached.length} times`);
  if (twice.length > 0) wrong.push(`asked ${twice} twice`);
  return wrong.map((what) => `${path} ${scene} ${control.name}, ${way}: ${what}`);
}

/** Tries all that one face has, on all its pages. */
async function tryAll(pages) {
  const tried = [];
  const wrong = [];
  for (const page of pages) {
    await arrive(page.screen, page.path);
    // The menu and the PIN sheet are the same on every page.
    const first = page === pages[0];
    const within = first ? "body" : "main";
    for (const scene of (await scenes(page.screen)).filter((one) => first || one !== "#pin")) {
      await arrive(page.screen, page.path);
      const controls = await show(page.screen, scene, FIELDS, within);
      for (const [at, { name }] of controls.entries()) {
        tried.push(`${page.path} ${scene} ${name}`);
        if (scene) wrong.push(...(await early(page, scene, at)));
        wrong.push(...(await attempt(page, scene, within, at, "twice")));
        wrong.push(...(await attempt(page, scene, within, at, at % 2 ? " " : "Enter")));
      }
    }
  }
  return { tried, wrong };
}

test("two taps on any button, and a key held on it, are one press", async () => {
  // Side by side: most of it is waiting.
  const done = await Promise.all(Object.keys(LEAST).map((face) => tryAll(faces[face])));
  if (process.env.BUTTONS) console.log(done.map(({ tried }) => tried.join("\n")).join("\n"));
  assert.deepEqual(done.flatMap(({ wrong }) => wrong), []);
  for (const [at, face] of Object.keys(LEAST).entries()) {
    const count = done[at].tried.length;
    assert.ok(count >= LEAST[face], `only ${count} of the ${face}`);
  }
});
