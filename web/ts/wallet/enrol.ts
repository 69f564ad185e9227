/** A citizen enrols: name, birth date and mail, as the registrar knows them. */

import { enrolFlow, type Applicant } from "../enrol/flow.ts";
import { wallet } from "../kit/client.ts";
import { unrepeated } from "../kit/idempotency.ts";
import { lang, t } from "../kit/text.ts";

export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** `1990-01-31` from `19900131`, `1990-01-31` or `1990.01.31`; undefined if there is no such day. */
export function birthDate(text: string): string | undefined {
  const digits = text.replace(/[\s./-]/g, "");
  if (!/^[0-9]{8}$/.test(digits)) return undefined;
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(iso) && day.valueOf() < Date.now() ? iso : undefined;
}

export function enrol(): Promise<void> {
  const mail = unrepeated();
  return enrolFlow(t("device-default"), (form): Applicant | string => {
    const data = new FormData(form);
    const field = (name: string) => String(data.get(name) ?? "").trim();
    const birth = birthDate(field("birth"));
    if (field("name") === "") return t("enrol-name-bad");
    if (!birth) return t("enrol-birth-bad");
    if (!EMAIL.test(field("email"))) return t("enrol-email-bad");
    const body = { email: field("email"), name: field("name"), birth, lang };
    const start = () => mail(body, (idempotencyKey) => wallet.postOnce("/v1/enrolment/start", { body, idempotencyKey }));
    return { email: body.email, birth, start };
  }, true);
}
