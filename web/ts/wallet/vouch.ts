/** Who vouches for a person; and another institution, after its own, simple check. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, h, icon, onPress, onSubmit, toast } from "../kit/dom.ts";
import { fullDay } from "../kit/format.ts";
import { unrepeated } from "../kit/idempotency.ts";
import type { WalletType } from "../kit/routes.ts";
import { lang, t } from "../kit/text.ts";
import { applicantIn } from "./applicant.ts";

type Registrar = WalletType<"Registrar">;

export const registrarName = (one: { name_ko: string; name_en: string }) => (lang === "ko" ? one.name_ko : one.name_en);

let asked: Registrar | undefined;
let started = "";

/** Shows who vouches, and whoever else could. */
export async function vouchSection(known: WalletType<"Registration">[], again: () => Promise<void>): Promise<void> {
  const all = await wallet.get("/v1/registrars");
  const others = all.filter((one) => !known.some(({ registrar }) => registrar === one.id));
  el("vouch").replaceChildren(
    ...known.map((one) =>
      h(
        "div",
        { class: "row", "data-testid": "vouch-row", "data-registrar": one.registrar },
        h("span", { class: "entry-what" }, h("b", {}, registrarName(one)), more(one.email), more(t("vouch-since", { date: fullDay(one.created_at) }))),
      ),
    ),
    ...others.map((one) => adder(one)),
  );
  connect(again);
}

const more = (text: string) => h("span", { class: "entry-more" }, text);

function adder(one: Registrar): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "row row-button", "data-testid": "vouch-add", "data-registrar": one.id },
    h("span", {}, t("vouch-add", { name: registrarName(one) })),
    icon("plus"),
  );
  onPress(button, () => open(one), () => undefined);
  return button;
}

function open(one: Registrar): void {
  asked = one;
  for (const field of document.querySelectorAll<HTMLElement>("[data-vouch]")) field.hidden = field.dataset["vouch"] !== one.asks;
  el("vouching-title").textContent = t("vouch-add", { name: registrarName(one) });
  el<HTMLFormElement>("vouch-form").reset();
  el<HTMLFormElement>("vouch-code-form").reset();
  turn("vouch-form", "vouch-code-form");
  el<HTMLDialogElement>("vouching").showModal();
}

/** Shows one of the two forms; what is wrong is told above its button. */
function turn(to: string, from: string): void {
  el(to).hidden = false;
  el(from).hidden = true;
  el("vouch-error").textContent = "";
  el(to).querySelector(".button")?.before(el("vouch-error"));
}

let connected = false;

function connect(again: () => Promise<void>): void {
  if (connected) return;
  connected = true;
  const sheet = el<HTMLDialogElement>("vouching");
  const told = (error: unknown) => (el("vouch-error").textContent = reason(error));
  const mail = unrepeated();
  onPress(el("vouch-no"), () => sheet.close(), told);
  onSubmit(el("vouch-form"), async () => {
    const given = applicantIn(el<HTMLFormElement>("vouch-form"), asked!);
    el("vouch-error").textContent = typeof given === "string" ? given : "";
    if (typeof given === "string") return;
    const body = { ...given, lang };
    const answer = await mail(body, (idempotencyKey) => wallet.post("/v1/registrations/start", { body, idempotencyKey }));
    started = answer.enrolment;
    el("vouch-code-lead").textContent = t("vouch-code-lead", { name: given.email });
    turn("vouch-code-form", "vouch-form");
    el("vouch-code-form").querySelector("input")?.focus();
  }, told);
  onSubmit(el("vouch-code-form"), async () => {
    const code = String(new FormData(el<HTMLFormElement>("vouch-code-form")).get("code") ?? "").replace(/\D/g, "");
    el("vouch-error").textContent = code.length === 6 ? "" : t("enrol-code-short");
    if (code.length !== 6) return;
    const done = await wallet.post("/v1/registrations/confirm", { body: { enrolment: started, code } });
    sheet.close();
    toast(t("vouch-done", { name: registrarName(done) }));
    await again();
  }, told);
}

function reason(error: unknown): string {
  if (!(error instanceof ApiError)) return sentence(error);
  if (error.code === "CODE_WRONG") return t("enrol-code-wrong", { count: error.triesLeft ?? 0 });
  if (error.code === "CODE_EXPIRED") return t("enrol-code-expired");
  if (error.code === "REGISTERED_ELSEWHERE") return t("vouch-elsewhere");
  return sentence(error);
}
