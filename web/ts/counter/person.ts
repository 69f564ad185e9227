/** One person at the counter: what the identity card is held against, and what can be done for them. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, h, onPress, onSubmit, toast } from "../kit/dom.ts";
import { fullDay } from "../kit/format.ts";
import type { WalletType } from "../kit/routes.ts";
import { go, onStep } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import type { ProposedCall } from "../ledger/call.ts";
import { decide, type Officer } from "./officer.ts";

/** How often the phone in the person's hand is asked about. */
const AGAIN_MS = 1500;

/** A number as people read it out. */
const DIALLED = /^(\d{3})(\d{3,4})(\d{4})$/;

type Phone = WalletType<"CounterPhone">;

let current: { person: WalletType<"CounterPerson">; reason: string; phone?: Phone } | undefined;

/** Connects the step; `present` answers the officer. */
export function connectPerson(present: () => Officer): void {
  onPress(el("person-back"), () => history.back(), told);
  onPress(el("unfreeze-go"), () => unfreeze(present()), told);
  onSubmit(el("phone-form"), assign, told);
  onPress(el("rebind-go"), () => rebind(present()), told);
  onStep("desk", () => (current = undefined));
}

const told = (error: unknown) => {
  const none = error instanceof ApiError && error.status === 404;
  el("person-error").textContent = none ? t("counter-number-none") : sentence(error);
};

/** Shows a person who was looked up for `reason`. */
export function showPerson(person: WalletType<"CounterPerson">, reason: string): void {
  current = { person, reason };
  el("person-name").textContent = person.name;
  const row = (name: string, value: string, kind = "") => h("div", {}, h("dt", {}, name), h("dd", { class: kind }, value));
  const devices = person.devices.map((one) => `${one.name} (${t("last-used", { date: fullDay(one.last_used_at) })})`);
  el("person").replaceChildren(
    h(
      "dl",
      { class: "facts" },
      row(t("counter-birth"), person.birth ?? "—"),
      row(t("counter-email"), person.email),
      row(t("counter-phone"), person.phone?.replace(DIALLED, "$1-$2-$3") ?? "—"),
      row(t("counter-status"), person.status ? t(`counter-${person.status}`) : "—", person.status === "frozen" ? "facts-alert" : ""),
      row(t("counter-devices"), devices.join(", ") || "—"),
    ),
  );
  el("unfreeze-block").hidden = person.status !== "frozen";
  el<HTMLInputElement>("phone-number").value = "";
  showPhone(undefined);
  el("person-error").textContent = "";
  go("person");
}

/** Where the new phone stands: not named, named, signed. */
function showPhone(phone: Phone | undefined): void {
  el("phone-form").hidden = phone !== undefined;
  el("phone-wait").hidden = phone === undefined;
  el("phone-wait-text").textContent = t(phone?.possession ? "counter-phone-ready" : "counter-phone-waits");
  el("rebind-go").hidden = !phone?.possession;
}

async function assign(): Promise<void> {
  const asked = current;
  if (!asked) return;
  el("person-error").textContent = "";
  const number = el<HTMLInputElement>("phone-number").value.replace(/\D/g, "");
  const named = await wallet.postOnce("/v1/counter/phones/{number}", { path: { number }, body: { bid: asked.person.bid } });
  // The officer has turned to somebody else meanwhile.
  if (current !== asked) return;
  asked.phone = named;
  showPhone(named);
  void watch(asked);
}

/** Asks about the phone until its owner has agreed, or the officer has turned to somebody else. */
async function watch(asked: NonNullable<typeof current>): Promise<void> {
  while (current === asked && asked.phone && !asked.phone.possession) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    const { number } = asked.phone;
    try {
      const now = await wallet.get("/v1/counter/phones/{number}", { path: { number } });
      if (current !== asked) return;
      asked.phone = now;
      showPhone(now);
    } catch (error) {
      if (current !== asked) return;
      // The service's own no: the phone is gone, or the officer. A line that is down is waited out.
      if (!(error instanceof ApiError && error.own && error.status < 500 && error.status !== 429)) continue;
      delete asked.phone;
      showPhone(undefined);
      told(error);
    }
  }
}

async function rebind(officer: Officer): Promise<void> {
  if (!current?.phone?.possession) return;
  const { person, phone, reason } = current;
  const { public_key, possession } = phone as Phone & { possession: string };
  await propose(officer, { call: "account_rebind", member: person.bid, public_key, possession }, reason);
}

async function unfreeze(officer: Officer): Promise<void> {
  if (!current) return;
  await propose(officer, { call: "account_unfreeze", member: current.person.bid }, current.reason);
}

async function propose(officer: Officer, proposed: ProposedCall, reason: string): Promise<void> {
  const asked = current;
  const done = await decide(officer, { call: "governance_propose", proposed }, reason);
  if (current !== asked) {
    toast(t("counter-proposed"));
    return;
  }
  if (done.status === "open") {
    el("person-error").textContent = t("counter-open-still");
    return;
  }
  toast(t(done.executed ? "counter-executed" : "counter-proposed"));
  history.back();
}
