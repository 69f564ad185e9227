/** What a registrar asks people for, read from a form. */

import type { WalletType } from "../kit/routes.ts";
import { t } from "../kit/text.ts";

export const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** `1990-01-31` from `19900131`, `1990-01-31` or `1990.01.31`; undefined if there is no such day. */
export function birthDate(text: string): string | undefined {
  const digits = text.replace(/[\s./-]/g, "");
  if (!/^[0-9]{8}$/.test(digits)) return undefined;
  const iso = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.valueOf()) && day.toISOString().startsWith(iso) && day.valueOf() < Date.now() ? iso : undefined;
}

/** What the person says, as the service takes it; or a sentence about what is wrong with it. */
export type Said = { registrar?: string; email: string; name?: string; birth?: string; number?: string };

export function applicantIn(form: HTMLFormElement, registrar: Pick<WalletType<"Registrar">, "id" | "asks"> | undefined): Said | string {
  const data = new FormData(form);
  const field = (name: string) => String(data.get(name) ?? "").trim();
  for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
  const email = field("email");
  const to = registrar ? { registrar: registrar.id } : {};
  const mail = () => (EMAIL.test(email) ? undefined : blame(form, "email", t("enrol-email-bad")));
  if (registrar?.asks === "students") {
    const number = field("number");
    if (!/^[0-9A-Za-z -]{4,24}$/.test(number)) return blame(form, "number", t("enrol-number-bad"));
    return mail() ?? { ...to, email, number };
  }
  const birth = birthDate(field("birth"));
  if (field("name") === "") return blame(form, "name", t("enrol-name-bad"));
  if (!birth) return blame(form, "birth", t("enrol-birth-bad"));
  return mail() ?? { ...to, email, name: field("name"), birth };
}

/** Takes the person to the field that is wrong; answers what to tell. */
function blame(form: HTMLFormElement, name: string, text: string): string {
  const input = form.elements.namedItem(name);
  if (input instanceof HTMLInputElement) {
    input.setAttribute("aria-invalid", "true");
    input.focus();
  }
  return text;
}
