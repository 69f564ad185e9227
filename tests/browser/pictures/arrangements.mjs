// What a person can arrange: who vouches, what locks, what pays without the PIN, how long the certificate lives.

import { authenticator } from "../authenticator.mjs";
import { skewable } from "../clock.mjs";
import { line } from "../line.mjs";
import { mailedCode } from "../mail.mjs";
import { PHONE, enrol, payIn, propose } from "../people.mjs";
import { open, typePin } from "../screen.mjs";
import { LOOKS, PLAIN, camera, wears } from "./camera.mjs";
import { PIN, order, ready } from "./steps.mjs";

const MINA = { "enrol-name": "김미나", "enrol-birth": "19940312", "enrol-email": "mina@sebyeol.example" };
const SCHOOL = "mina@univ.sebyeol.example";
const DAY = 86_400_000;

/** One person's phone, from the choice of a registrar to everything arranged; each state in every look. */
export async function arrangements(browser, demo, till) {
  // A passkey belongs to a name; the demo tells its address as a number.
  const phone = await open(browser, demo.wallet.replace("127.0.0.1", "localhost"), PHONE);
  await skewable(phone);
  const inEachLook = async (show) => {
    for (const look of [PLAIN, ...LOOKS]) {
      await wears(phone, look);
      await show(phone, camera(phone, "wallet", look), till);
    }
    await wears(phone, PLAIN);
  };
  await inEachLook(registrars);
  await authenticator(phone);
  await enrol(phone, demo, PIN, MINA);
  await payIn(browser, demo, phone, "김미나", 50_000);
  await ready(phone, "/");
  await inEachLook(untouched);
  await inEachLook(vouching);
  await arrange(phone, demo);
  await inEachLook(arranged);
  await inEachLook(locked);
  await inEachLook(endsSoon);
  await inEachLook(pinNeeded);
  await phone.close();
}

/** Resident or student: each is asked for something else. */
async function registrars(phone, shot) {
  await ready(phone, "/enrol");
  await phone.sees("enrol-as");
  await shot("enrol-resident", { full: true });
  // The words around it are what is pressed.
  await phone.still();
  await phone.at("enrol-as-campus").check({ force: true });
  await phone.sees("enrol-number");
  await shot("enrol-student", { full: true });
  await phone.fill("enrol-number", "12");
  await phone.tap("enrol-next");
  await phone.says("enrol-error", /./);
  await shot("enrol-student-bad", { full: true });
}

/** Nothing chosen yet, one registrar, nobody has looked; a passkey is offered. */
async function untouched(phone, shot) {
  await sectionsReady(phone, "offered");
  await shot("me-untouched", { full: true });
}

/** A second registrar, asked for in a sheet. The mail is left out: five of them at once are too many for one address. */
async function vouching(phone, shot) {
  const ways = line(phone);
  await ways.hurt("POST /v1/registrations/start", (route) => route.fulfill({ json: { enrolment: "none" } }));
  await ready(phone, "/me");
  await phone.tap("vouch-add");
  await phone.sees("vouch-sheet");
  await shot("vouch");
  await phone.tap("vouch-start");
  await phone.says("vouch-error", /./);
  await shot("vouch-bad");
  await phone.fill("vouch-number", "2026-10001");
  await phone.fill("vouch-email", SCHOOL);
  await phone.tap("vouch-start");
  await phone.sees("vouch-code");
  await shot("vouch-code");
  await phone.fill("vouch-code", "123");
  await phone.tap("vouch-confirm");
  await phone.says("vouch-error", /./);
  await shot("vouch-code-bad");
  await ways.heal();
}

/** The university vouches as well, small payments go without the PIN, the screen locks, a passkey pays. */
async function arrange(phone, demo) {
  await ready(phone, "/me");
  await phone.tap("vouch-add");
  await phone.fill("vouch-number", "2026-10001");
  await phone.fill("vouch-email", SCHOOL);
  await phone.tap("vouch-start");
  await phone.fill("vouch-code", await mailedCode(demo.mail, SCHOOL));
  await phone.tap("vouch-confirm");
  await phone.page.locator("[data-testid=vouch-row][data-registrar=campus]").waitFor();
  await phone.tap("passkey-add");
  await typePin(phone, PIN);
  await phone.sees("passkey-remove");
  // The amount makes the device less careful and takes the PIN; the lock does not.
  for (const [choice, value] of [["care-free", "10000"], ["care-lock", "60000"]]) {
    await phone.page.locator(".toast-on").waitFor({ state: "detached" });
    await phone.at(choice).selectOption(value);
    if (choice === "care-free") await typePin(phone, PIN);
    await phone.says("toast", /./);
  }
}

/** Two registrars, choices, a passkey, and people who have looked. */
async function arranged(phone, shot) {
  const ways = line(phone);
  const at = Date.now() - DAY;
  await ways.hurt("GET /v1/me/look-ups", (route) =>
    route.fulfill({
      json: [
        { kind: "officer", by_name: "새별시청 Sebyeol City Hall", reason: "주민등록증을 보고 본인임을 확인", at },
        { kind: "citizen", by_name: "박*연", reason: "", at: at - 9 * DAY },
      ],
    }),
  );
  await sectionsReady(phone, "present");
  await shot("me-arranged", { full: true });
  await phone.tap("passkey-remove");
  await phone.sees("revoke-sheet");
  await shot("passkey-remove");
  await ways.heal();
}

/** A screen that has rested for longer than its owner wants. */
async function locked(phone, shot) {
  await ready(phone, "/");
  // A minute at rest: the page reads there when it was touched last.
  await phone.page.evaluate(() => localStorage.setItem("dure_touched", String(Date.now() - 61_000)));
  await phone.sees("locked-go");
  await shot("locked");
  // The passkey opens it.
  await phone.tap("locked-go");
  await phone.at("locked").waitFor({ state: "detached" });
}

/** Three years cannot be waited for: the page is told that they are nearly over. */
async function endsSoon(phone, shot) {
  const ways = line(phone);
  await ways.hurt("GET /v1/me", async (route) => {
    const answer = await route.fetch();
    const me = await answer.json();
    await route.fulfill({ response: answer, json: { ...me, certificate_ends_at: Date.now() + 20 * DAY, renewable_from: Date.now() - DAY } });
  });
  await ready(phone, "/");
  await phone.sees("renewal");
  await shot("home-renewal", { full: true });
  await ready(phone, "/me");
  await phone.sees("renew");
  await shot("me-renew");
  await ways.heal();
}

/** The service wants the PIN for this amount, although the device has asked for none. */
async function pinNeeded(phone, shot, till) {
  await propose(phone, (await order(till, 4_500)).qr_text);
  const ways = line(phone);
  const body = JSON.stringify({ status: 401, code: "PIN_NEEDED" });
  await ways.hurt("POST /v1/transactions", (route) => route.fulfill({ status: 401, contentType: "application/problem+json", body }));
  await phone.tap("confirm-go");
  await phone.sees("result-refused");
  await shot("result-pin-needed");
  await ways.heal();
}

/** Goes to *Me* and waits for all of its sections. */
async function sectionsReady(phone, passkey) {
  await ready(phone, "/me");
  await phone.page.locator(`[data-testid=passkey][data-state=${passkey}]`).waitFor();
  await phone.sees("care");
  await phone.at("vouch-row").first().waitFor();
}
