/** The desk: what waits for a second look, and finding a person. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { broken, el, empty, h, onPress, onSubmit, toast } from "../kit/dom.ts";
import { moment } from "../kit/format.ts";
import type { WalletType } from "../kit/routes.ts";
import { t } from "../kit/text.ts";
import { decide, type Officer } from "./officer.ts";
import { showPerson } from "./person.ts";

/** The list is looked at again this often: another officer works elsewhere. */
const AGAIN_MS = 4000;

let connected = false;

/** Shows the desk; may be called again. */
export function desk(present: () => Officer): void {
  void load(present);
  if (connected) return;
  connected = true;
  setInterval(() => !el("agree").hasAttribute("open") && !document.hidden && void load(present), AGAIN_MS);
  onSubmit(el("find-form"), find, (error) => {
    const nobody = error instanceof ApiError && error.status === 404;
    el("find-error").textContent = nobody ? t("counter-nobody") : sentence(error);
  });
  onPress(el("agree-no"), () => el<HTMLDialogElement>("agree").close(), () => undefined);
}

async function find(): Promise<void> {
  el("find-error").textContent = "";
  const q = el<HTMLInputElement>("find-who").value.trim();
  const reason = el<HTMLInputElement>("find-reason").value.trim();
  const person = await wallet.postOnce("/v1/counter/people", { body: { q, reason } });
  el<HTMLFormElement>("find-form").reset();
  showPerson(person, reason);
}

let shown = "";

async function load(present: () => Officer): Promise<void> {
  const place = el("cases");
  try {
    const cases = await wallet.get("/v1/counter/cases");
    const now = JSON.stringify(cases);
    if (now === shown) return;
    shown = now;
    const rows = cases.map((one) => row(one, present));
    place.replaceChildren(...(rows.length > 0 ? rows : [empty("cases", t("counter-cases-none"))]));
  } catch (error) {
    shown = "";
    place.replaceChildren(broken("cases", sentence(error), () => void load(present), t("retry")));
  }
}

export const kindOf = (kind: string) => t(kind === "rebind" ? "counter-rebind" : "counter-unfreeze");

function row(one: WalletType<"Case">, present: () => Officer): HTMLElement {
  const approve = h("button", { type: "button", class: "copy", "data-testid": "case-approve" }, t("counter-approve"));
  onPress(approve, () => ask(one, present), (error) => toast(sentence(error)));
  return h(
    "div",
    { class: "row", "data-testid": "case", "data-proposal": one.proposal },
    h("span", { class: "entry-what" }, h("b", {}, `${one.name} · ${kindOf(one.kind)}`), h("span", { class: "entry-more" }, `${one.reason} · ${moment(one.created_at)}`)),
    one.mine ? h("span", { class: "entry-more", "data-testid": "case-mine" }, t("counter-mine")) : approve,
  );
}

/** Has the officer seen the person? Then the approval is signed. */
function ask(one: WalletType<"Case">, present: () => Officer): void {
  el("agree-title").textContent = t("counter-approve-sure", { name: one.name });
  el("agree-detail").textContent = `${kindOf(one.kind)} · ${one.reason}`;
  el("agree-error").textContent = "";
  const sheet = el<HTMLDialogElement>("agree");
  // A fresh button for each question: it answers this one alone.
  const go = el("agree-go").cloneNode(true) as HTMLElement;
  el("agree-go").replaceWith(go);
  const approve = async () => {
    const done = await decide(present(), { call: "governance_approve", proposal: one.proposal }, "");
    if (done.status === "open") {
      el("agree-error").textContent = t("counter-open-still");
      return;
    }
    sheet.close();
    toast(t(done.executed ? "counter-executed" : "counter-proposed"));
    await load(present);
  };
  onPress(go, approve, (error) => (el("agree-error").textContent = sentence(error)));
  sheet.showModal();
}
