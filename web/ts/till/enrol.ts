/** A shop's tablet or phone becomes a till: the shop's mail address, nothing else. */

import { enrolFlow, type Applicant } from "../enrol/flow.ts";
import { till } from "../kit/client.ts";
import { unrepeated } from "../kit/idempotency.ts";
import { lang, t } from "../kit/text.ts";

export function enrol(): Promise<void> {
  const mail = unrepeated();
  return enrolFlow(t("till-device-default"), (form): Applicant | string => {
    const email = String(new FormData(form).get("email") ?? "").trim();
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return t("enrol-email-bad");
    const body = { email, lang };
    return { email, start: () => mail(body, (idempotencyKey) => till.postOnce("/v1/enrolment/start", { body, idempotencyKey })) };
  });
}
