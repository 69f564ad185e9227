/** A shop's tablet or phone becomes a till: the shop's mail address, nothing else. */

import { enrolFlow, type Applicant } from "../enrol/flow.ts";
import { t } from "../kit/text.ts";

export function enrol(): Promise<void> {
  return enrolFlow(t("till-device-default"), (form): Applicant | string => {
    const email = String(new FormData(form).get("email") ?? "").trim();
    return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email) ? { body: { email } } : t("enrol-email-bad");
  });
}
