/** Takes up what was on its way when a page was left: the same bytes are sent again, and the page says what came of it. */

import { refusalSentence, sentence } from "../kit/api.ts";
import { autoLock } from "../kit/autolock.ts";
import { h, onPress, type Child } from "../kit/dom.ts";
import { time, won } from "../kit/format.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { requireDevice, resumeWithPin } from "../kit/session.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { allPending, type Pending } from "./pending.ts";
import { follow, type Fate } from "./submit.ts";

/** What every page of a signed-in person begins with. `settled` is called after each transaction that has ended. */
export async function signedIn(settled: () => void = () => undefined): Promise<Device> {
  const device = await requireDevice();
  autoLock(device, resumeWithPin(device));
  void resumePending(settled);
  return device;
}

async function resumePending(settled: () => void): Promise<void> {
  for (const pending of await allPending()) {
    const row = h("div", { class: "pending", role: "status", "data-testid": "pending", "data-tx": pending.id });
    place().append(row);
    void resume(pending, row, settled);
  }
}

async function resume(pending: Pending, row: HTMLElement, settled: () => void): Promise<void> {
  tell(row, "open", `${t("pending-title")} · ${about(pending)}`, t("pending-until", { time: time(pending.validUntil) }));
  try {
    tellFate(row, pending, await follow(pending, () => undefined));
    settled();
  } catch (error) {
    const button = h("button", { type: "button", class: "button button-soft", "data-testid": "pending-retry" }, t("result-resume"));
    onPress(button, () => void resume(pending, row, settled), () => undefined);
    const why = error instanceof PinCancelled ? t("result-paused-text") : sentence(error);
    tell(row, "paused", `${t("pending-title")} · ${about(pending)}`, why, button);
  }
}

function tellFate(row: HTMLElement, pending: Pending, fate: Fate): void {
  if (fate.fate === "done") {
    const slip = document.documentElement.dataset["app"] !== "till" && !["revoke", "freeze", "renew"].includes(pending.kind);
    const link = slip ? h("a", { class: "link", href: `/receipt/${pending.id}`, "data-testid": "pending-receipt" }, t("result-receipt")) : null;
    tell(row, "done", t(`result-${pending.kind}`), about(pending), link);
  } else if (fate.fate === "void") {
    tell(row, "void", t("result-void", { time: time(fate.at) }), `${about(pending)} · ${t("result-void-text")}`);
  } else {
    tell(row, "refused", t("result-not-paid"), `${about(pending)} · ${refusalSentence(fate.refusal)}`);
  }
}

function tell(row: HTMLElement, state: string, title: string, text: string, more: Child = null): void {
  row.dataset["state"] = state;
  row.replaceChildren(h("b", {}, title), h("span", {}, text), ...(more instanceof Node ? [more] : []));
}

const about = (pending: Pending) => (pending.amount === "0" ? pending.name : `${pending.name} ${won(pending.amount)}`);

/** Where the rows stand: the page's own place, or else above everything. */
function place(): HTMLElement {
  const own = document.getElementById("pending");
  if (own) return own;
  const made = h("div", { id: "pending", "data-testid": "pending-list" });
  document.getElementById("offline")?.after(made);
  return made;
}
