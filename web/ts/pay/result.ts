/** The result screen: sending · done · not done · void at a time that was said before. */

import { refusalSentence } from "../kit/api.ts";
import { chime } from "../kit/chime.ts";
import { el, h, icon, onPress } from "../kit/dom.ts";
import { time, won } from "../kit/format.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { balanceAfter } from "../ledger/receipt.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import type { Pending } from "./pending.ts";
import { follow, type Fate } from "./submit.ts";

const till = document.documentElement.dataset["app"] === "till";

function seal(kind: string, name: string): HTMLElement {
  return h("span", { class: `seal seal-${kind}` }, icon(name));
}

function home(): HTMLElement {
  return h("a", { class: "button button-main", href: till ? "/today" : "/", "data-testid": "result-home" }, t(till ? "result-today" : "result-home"));
}

/** Shows a transaction that is on its way until its fate is certain. */
export async function showFate(device: Device, pending: Pending): Promise<void> {
  const line = h("p", { class: "result-line" }, t("result-void-at", { time: time(pending.validUntil) }));
  state("sending", seal("quiet seal-live", "star"), h("h2", {}, t("result-sending")), line);
  el("result-foot").replaceChildren();
  try {
    const fate = await follow(pending, (offline) => {
      line.textContent = t(offline ? "result-offline" : "result-void-at", { time: time(pending.validUntil) });
    });
    show(device, pending, fate);
  } catch (error) {
    if (!(error instanceof PinCancelled)) throw error;
    paused(device, pending);
  }
}

/** Signed out on the way, and no PIN: goes on when the person says so. */
function paused(device: Device, pending: Pending): void {
  state("paused", seal("quiet", "clock"), h("h2", {}, t("result-paused")), h("p", { class: "result-line" }, t("result-paused-text")));
  const resume = h("button", { type: "button", class: "button button-main", "data-testid": "result-resume" }, t("result-resume"));
  onPress(resume, () => void showFate(device, pending), () => undefined);
  el("result-foot").replaceChildren(resume);
}

function show(device: Device, pending: Pending, fate: Fate): void {
  if (fate.fate === "done") {
    if (pending.kind === "pay") {
      chime();
      navigator.vibrate?.([80, 60, 160]);
    }
    const left = till ? undefined : balanceAfter(fate.receipt, device.bid);
    state(
      "done",
      seal("good", "check"),
      h("h2", {}, t(`result-${pending.kind}`)),
      h("p", { class: "huge", "data-testid": "result-amount" }, won(pending.amount)),
      h("p", { class: "result-name" }, pending.name),
      left === undefined ? null : h("p", { class: "result-line", "data-testid": "result-left" }, t("result-left", { amount: won(left) })),
    );
    const receipt = h("a", { class: "button button-soft", href: `/receipt/${pending.id}`, "data-testid": "result-receipt" }, t("result-receipt"));
    el("result-foot").replaceChildren(home(), ...(till ? [] : [receipt]));
    return;
  }
  if (fate.fate === "void") {
    state("void", seal("quiet", "clock"), h("h2", {}, t("result-void", { time: time(fate.at) })), h("p", { class: "result-line" }, t("result-void-text")));
  } else {
    state(
      "refused",
      seal("bad", "cross"),
      h("h2", {}, t("result-not-paid")),
      h("p", { class: "result-line", "data-testid": "result-reason", "data-code": fate.refusal.refusal }, refusalSentence(fate.refusal)),
      h("p", { class: "result-line" }, t("result-safe")),
    );
  }
  el("result-foot").replaceChildren(home());
}

function state(name: string, ...children: (Node | null)[]): void {
  const place = el("result");
  place.dataset["state"] = name;
  place.setAttribute("data-testid", `result-${name}`);
  place.replaceChildren(...children.filter((child): child is Node => child !== null));
}
