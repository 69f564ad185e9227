/** A citizen enrols: with the city as a resident, or with a university as a student, as the registrar knows them. */

import { enrolFlow, type Applicant } from "../enrol/flow.ts";
import { wallet } from "../kit/client.ts";
import { el, h } from "../kit/dom.ts";
import { unrepeated } from "../kit/idempotency.ts";
import type { WalletType } from "../kit/routes.ts";
import { lang, t } from "../kit/text.ts";
import { applicantIn } from "./applicant.ts";
import { registrarName } from "./vouch.ts";

type Registrar = WalletType<"Registrar">;

export function enrol(): Promise<void> {
  const mail = unrepeated();
  let chosen: Registrar | undefined;
  void registrars((one) => (chosen = one));
  return enrolFlow(t("device-default"), (form): Applicant | string => {
    const said = applicantIn(form, chosen);
    if (typeof said === "string") return said;
    const body = { ...said, lang };
    const start = () => mail(body, (idempotencyKey) => wallet.postOnce("/v1/enrolment/start", { body, idempotencyKey }));
    return { email: said.email, ...(said.birth ? { birth: said.birth } : {}), start };
  }, true);
}

/** Offers the registrars where there are several; without an answer, the first one is meant. */
async function registrars(choose: (one: Registrar) => void): Promise<void> {
  const all = await wallet.get("/v1/registrars").catch((): Registrar[] => []);
  const [first] = all;
  if (!first) return;
  const place = el("enrol-as");
  const pick = (one: Registrar) => {
    choose(one);
    for (const field of document.querySelectorAll<HTMLElement>("[data-asks]")) field.hidden = field.dataset["asks"] !== one.asks;
    el("enrol-email-label").textContent = t(one.asks === "students" ? "enrol-school-email" : "enrol-email");
  };
  all.forEach((one, at) => {
    const input = h("input", { type: "radio", name: "registrar", value: one.id, checked: at === 0, "data-testid": `enrol-as-${one.id}` });
    input.addEventListener("change", () => pick(one));
    place.append(h("label", { class: "cap" }, input, h("span", {}, t(one.asks === "students" ? "enrol-as-students" : "enrol-as-residents", { name: registrarName(one) }))));
  });
  pick(first);
  place.hidden = all.length < 2;
}
