/** A certificate lives for three years: before it ends, the person is asked to renew it, with the device's own key. */

import { refusalSentence, serverNow } from "../kit/api.ts";
import { el, h, onPress, toast } from "../kit/dom.ts";
import { fullDay } from "../kit/format.ts";
import type { WalletType } from "../kit/routes.ts";
import { unlockKey } from "../kit/session.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { prepare } from "../pay/pending.ts";
import { follow } from "../pay/submit.ts";

type Me = WalletType<"Me">;

/** True once the ledger takes a renewal. */
export const isDue = ({ renewable_from }: Me) => renewable_from !== undefined && renewable_from <= serverNow();

/** The last day of this device's certificate, among its facts; with a button once it can be renewed. */
export function showEnd(me: Me, device: Device, again: () => Promise<void>, told: (error: unknown) => void): void {
  if (me.certificate_ends_at === undefined) return;
  document.getElementById("ends")?.remove();
  const value = h("dd", { "data-testid": "ends" }, fullDay(me.certificate_ends_at));
  el("device").querySelector("dl")?.append(h("div", { id: "ends" }, h("dt", {}, t("ends-row")), value));
  document.getElementById("renew")?.remove();
  if (!isDue(me)) return;
  const button = h("button", { type: "button", class: "button button-main", id: "renew", "data-testid": "renew" }, t("renew-go"));
  onPress(button, () => renew(device, again), told);
  el("device").append(button);
  if (location.hash === "#renew") button.focus();
}

async function renew(device: Device, again: () => Promise<void>): Promise<void> {
  const key = await unlockKey(device, t("renew-go"));
  const pending = await prepare(device, key, { call: "certificate_renew" }, { kind: "renew", amount: "0", name: device.name });
  const fate = await follow(pending, () => undefined);
  if (fate.fate !== "done") {
    toast(fate.fate === "refused" ? refusalSentence(fate.refusal) : t("result-void-text"));
    return;
  }
  toast(t("renew-done"));
  await again();
}
