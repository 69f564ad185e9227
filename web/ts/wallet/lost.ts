/** A lost phone: a code by mail, typed or brought by the mail's own link, freezes the account. Works in any browser. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, onSubmit } from "../kit/dom.ts";
import { unrepeated } from "../kit/idempotency.ts";
import { begin, go, replace } from "../kit/steps.ts";
import { lang, t } from "../kit/text.ts";
import { birthDate, EMAIL } from "./applicant.ts";

export function lost(): void {
  let id = "";
  const mail = unrepeated();
  onSubmit(el("lost-form"), async () => {
    const data = new FormData(el<HTMLFormElement>("lost-form"));
    const email = String(data.get("email") ?? "").trim();
    const birth = birthDate(String(data.get("birth") ?? ""));
    el("lost-error").textContent = !EMAIL.test(email) ? t("enrol-email-bad") : birth ? "" : t("enrol-birth-bad");
    if (!EMAIL.test(email) || !birth) return;
    const body = { email, birth, lang };
    id = (await mail(body, (idempotencyKey) => wallet.postOnce("/v1/lost/start", { body, idempotencyKey }))).lost;
    go("code");
    el("lost-code").focus();
  }, (error) => (el("lost-error").textContent = sentence(error)));
  onSubmit(el("freeze-form"), async () => {
    const code = el<HTMLInputElement>("lost-code").value.replace(/\D/g, "");
    el("freeze-error").textContent = code.length === 6 ? "" : t("enrol-code-short");
    if (code.length !== 6) return;
    await wallet.postOnce("/v1/lost/freeze", { body: { lost: id, code } });
    replace("done");
  }, (error) => (el("freeze-error").textContent = reason(error)));
  begin("who");
  // The link only fills in: whoever looks through mails by machine freezes nobody.
  const [linked, code] = location.hash.slice(1).split(".");
  if (!linked || !/^[0-9]{6}$/.test(code ?? "")) return;
  history.replaceState(history.state, "", location.pathname);
  id = linked;
  el<HTMLInputElement>("lost-code").value = code!;
  replace("code");
}

function reason(error: unknown): string {
  if (error instanceof ApiError && error.code === "CODE_WRONG") return t("enrol-code-wrong", { count: error.triesLeft ?? 0 });
  if (error instanceof ApiError && error.code === "CODE_EXPIRED") return t("enrol-code-expired");
  return sentence(error);
}
