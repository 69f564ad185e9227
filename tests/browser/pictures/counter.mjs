// A new phone at the counter, and the officers' side of it: one story in each language.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { enrolDevice } from "../device.mjs";
import { line } from "../line.mjs";
import { PHONE, TABLET } from "../people.mjs";
import { open, typePin } from "../screen.mjs";
import { PLAIN, camera, cameras, wears } from "./camera.mjs";
import { TILL_PIN, ready } from "./steps.mjs";

/** A desk with a large screen. */
const DESK = { width: 1280, height: 800 };

/** Whose phone is gone, and what the officer writes. */
const STORIES = {
  ko: { name: "한지호", birth: "1958-05-03", email: "jiho@sebyeol.example", device: "내 휴대폰", reason: "주민등록증을 보고 본인임을 확인" },
  en: { name: "강도윤", birth: "1965-09-09", email: "doyun@sebyeol.example", device: "My phone", reason: "Identity card, seen at the desk" },
};

/** From a lost phone to a new one that has taken the account over. */
export async function counterStory(browser, demo, lang) {
  const { reason, device, ...person } = STORIES[lang];
  await enrolDevice(demo, person, "258036", device);
  const officer = async (viewport) => {
    const screen = await open(browser, demo.wallet, viewport);
    await wears(screen, { lang });
    return screen;
  };
  const [phone, one, two] = [await officer(PHONE), await officer(TABLET), await officer(TABLET)];
  const [hand, desk, other] = [cameras(phone, "wallet", lang), atDesk(one, lang), atDesk(two, lang)];
  await keyForm(one, demo, desk);
  await desk("desk-empty", { full: true });
  const number = await newPhone(phone, hand);
  await lookUp(one, person.email, reason, desk);
  await hands(one, phone, number, { desk, hand });
  await comesIn(two, demo, "city-hall-2");
  await two.sees("case-approve");
  await other("desk-other", { full: true });
  await two.tap("case-approve");
  await two.sees("agree-sheet");
  await other("approve");
  await two.tap("agree-go");
  await phone.sees("move-step-done");
  await hand("move-done");
  for (const screen of [phone, one, two]) await screen.close();
}

/** Pictures of the counter: as a tablet in every look, and once at a large screen. */
function atDesk(screen, lang) {
  const tablet = cameras(screen, "counter", lang);
  const large = camera(screen, "counter-wide", { ...PLAIN, lang });
  return async (name, how) => {
    await tablet(name, how);
    await screen.page.setViewportSize(DESK);
    await large(name, how);
    await screen.page.setViewportSize(TABLET);
  };
}

async function comesIn(screen, demo, name) {
  await counterPage(screen);
  await openKey(screen, demo, name);
  await screen.sees("counter-step-desk");
}

async function counterPage(screen) {
  await screen.go("/counter");
  await screen.page.locator("body[data-ready]").waitFor();
}

async function openKey(screen, demo, name, passphrase = readFileSync(join(demo.keys, "passphrase"), "utf8").trim()) {
  await screen.at("counter-file").setInputFiles(join(demo.keys, `${name}.json`));
  await screen.fill("counter-pass", passphrase);
  await screen.tap("counter-open");
}

/** The key file, with each thing that can be wrong with it. */
async function keyForm(screen, demo, shot) {
  await counterPage(screen);
  await shot("key");
  const wrong = async (name) => {
    await screen.page.locator("#key-form:not([aria-busy])").waitFor();
    await screen.says("counter-key-error", /./);
    await shot(name);
  };
  await screen.tap("counter-open");
  await wrong("key-none");
  await screen.at("counter-file").setInputFiles(join(demo.keys, "passphrase"));
  await screen.tap("counter-open");
  await wrong("key-foreign");
  await openKey(screen, demo, "city-hall-1", "wrong");
  await wrong("key-passphrase");
  // The bank registers nobody.
  await openKey(screen, demo, "bank-1");
  await wrong("key-not-officer");
  await comesIn(screen, demo, "city-hall-1");
  await screen.sees("cases-empty");
}

/** The new phone up to its number; it has been too late once before. Answers the number. */
async function newPhone(phone, shot) {
  await ready(phone, "/move");
  await shot("move");
  const ways = line(phone);
  await ways.hurt("POST /v1/new-phone/state", (route) => problem(route, 410, "TICKET_EXPIRED"));
  await choosesPin(phone, shot);
  await phone.says("move-error", /./);
  await shot("move-too-late");
  await ways.heal();
  await choosesPin(phone);
  await phone.says("move-number", /[0-9]{4} [0-9]{4}/);
  await shot("move-number");
  return (await phone.text("move-number")).replace(/\D/g, "");
}

async function choosesPin(phone, shot) {
  await phone.tap("move-start");
  await phone.sees("pin-sheet");
  await shot?.("move-pin");
  await typePin(phone, TILL_PIN);
  // The sheet that asks again is the same one.
  await phone.page.waitForTimeout(300);
  await typePin(phone, TILL_PIN);
}

/** Nobody of that name, a person, and the same person if the account were frozen. */
async function lookUp(screen, email, reason, shot) {
  const finds = async (who) => {
    await screen.fill("find-who", who);
    await screen.fill("find-reason", reason);
    await screen.tap("find-go");
  };
  await finds("nobody@sebyeol.example");
  await screen.says("find-error", /./);
  await shot("desk-nobody", { full: true });
  const ways = line(screen);
  await ways.hurt("POST /v1/counter/people", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), status: "frozen" } });
  });
  await finds(email);
  await screen.sees("unfreeze-go");
  await shot("person-frozen", { full: true });
  await ways.heal();
  await screen.tap("person-back");
  await finds(email);
  await screen.sees("phone-go");
  await shot("person", { full: true });
}

/** The officer names the phone, its owner agrees, and the case waits for a second officer. */
async function hands(screen, phone, number, { desk, hand }) {
  await screen.fill("phone-number", "00000000");
  await screen.tap("phone-go");
  await screen.says("person-error", /./);
  await desk("person-number-none", { full: true });
  await screen.fill("phone-number", number);
  await screen.tap("phone-go");
  await screen.sees("phone-wait");
  await desk("person-awaited", { full: true });
  await phone.sees("move-yes");
  await hand("move-named");
  await phone.tap("move-yes");
  await phone.sees("move-step-signed");
  await hand("move-signed");
  await screen.sees("rebind-go");
  await desk("person-ready", { full: true });
  await screen.tap("rebind-go");
  await screen.sees("case-mine");
  // The word about it fades.
  await screen.page.locator(".toast-on").waitFor({ state: "detached" });
  await desk("desk-mine", { full: true });
}

const problem = (route, status, code) =>
  route.fulfill({ status, contentType: "application/problem+json", body: JSON.stringify({ status, code }) });
