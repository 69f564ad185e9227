/** The desk: what waits for a second look, and finding a person. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { broken, el, empty, h, onPress, onSubmit, toast } from "../kit/dom.ts";
import { minute } from "../kit/format.ts";
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
  onPress(el("agree-go"), () => approve(present), (error) => (el("agree-error").textContent = toldAbout(error)));
}

async function find(): Promise<void> {
  const [who, why] = [el<HTMLInputElement>("find-who"), el<HTMLInputElement>("find-reason")];
  const [q, reason] = [who.value.trim(), why.value.trim()];
  const wrong = !/@|[0-9]{4}/.test(q) ? who : [...reason].length < 2 ? why : undefined;
  el("find-error").textContent = wrong === who ? t("counter-who-bad") : wrong ? t("counter-reason-bad") : "";
  wrong?.focus();
  if (wrong) return;
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
    const rows = cases.map(row);
    place.replaceChildren(...(rows.length > 0 ? rows : [empty("cases", t("counter-cases-none"))]));
  } catch (error) {
    if (shown === "broken") return;
    shown = "broken";
    place.replaceChildren(broken("cases", sentence(error), () => {
        shown = "";
        void load(present);
      }, t("retry")));
  }
}

export const kindOf = (kind: string) => t(kind === "rebind" ? "counter-rebind" : "counter-unfreeze");

const more = (text: string) => h("span", { class: "entry-more" }, text);

function row(one: WalletType<"Case">): HTMLElement {
  const approve = h("button", { type: "button", class: "copy", "data-testid": "case-approve" }, t("counter-approve"));
  onPress(approve, () => ask(one), (error) => toast(sentence(error)));
  return h(
    "div",
    { class: "row", "data-testid": "case", "data-proposal": one.proposal },
    h("span", { class: "entry-what" }, h("b", {}, one.name), h("span", {}, kindOf(one.kind)), more(one.reason), more(minute(one.created_at))),
    one.mine ? h("span", { class: "entry-more", "data-testid": "case-mine" }, t("counter-mine")) : approve,
  );
}

/** The case that the sheet asks about. */
let question: WalletType<"Case"> | undefined;

/** Has the officer seen the person? Then the approval is signed. */
function ask(one: WalletType<"Case">): void {
  question = one;
  el("agree-title").textContent = t("counter-approve-sure", { name: one.name });
  el("agree-detail").textContent = `${kindOf(one.kind)} · ${one.reason}`;
  el("agree-error").textContent = "";
  el<HTMLDialogElement>("agree").showModal();
}

/** Signs for the case that is asked about. One at a time: the button waits for its answer. */
async function approve(present: () => Officer): Promise<void> {
  const one = question;
  if (!one) return;
  el("agree-error").textContent = "";
  const done = await decide(present(), { call: "governance_approve", proposal: one.proposal }, "").catch((error: unknown) => {
    // Another case is asked about by now: it is not this one's fault.
    if (question !== one) toast(`${one.name}: ${toldAbout(error)}`);
    else throw error;
  });
  if (!done) return;
  if (done.status === "open") {
    if (question === one) el("agree-error").textContent = t("counter-open-still");
    return;
  }
  toast(t(done.executed ? "counter-executed" : "counter-proposed"));
  if (question === one) el<HTMLDialogElement>("agree").close();
  await load(present);
}

function toldAbout(error: unknown): string {
  return error instanceof ApiError && error.code === "PHONE_GONE" ? t("counter-phone-gone") : sentence(error);
}
