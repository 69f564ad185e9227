/** How careful this device is: what it pays without the PIN, and when its screen locks. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, h, toast } from "../kit/dom.ts";
import { won } from "../kit/format.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { withProof } from "../kit/session.ts";
import { t } from "../kit/text.ts";
import { amendDevice, type Device } from "../keys/device.ts";

/** Amounts and rests that are offered; the service knows the same bounds. */
const AMOUNTS = ["0", "5000", "10000", "30000", "50000", "100000"];
const RESTS = [0, 60_000, 300_000, 900_000];

/** Fills the section. A change that makes the device less careful asks for the PIN; what is cancelled stays as it was. */
export async function careSection(device: Device): Promise<void> {
  const free = el<HTMLSelectElement>("care-free");
  const lock = el<HTMLSelectElement>("care-lock");
  free.replaceChildren(...AMOUNTS.map((amount) => h("option", { value: amount }, amount === "0" ? t("care-free-none") : won(amount))));
  lock.replaceChildren(...RESTS.map((ms) => h("option", { value: ms }, ms === 0 ? t("care-lock-never") : t("care-lock-after", { count: ms / 60_000 }))));
  const made = await wallet.get("/v1/devices/choices");
  let kept = { free_amount: made.free_amount, lock_after_ms: made.lock_after_ms };
  await remember(device, kept);
  const show = () => {
    free.value = kept.free_amount;
    lock.value = String(kept.lock_after_ms);
  };
  const save = async () => {
    const body = { free_amount: free.value, lock_after_ms: Number(lock.value) };
    try {
      await store(device, body);
      kept = body;
      await remember(device, body);
      toast(t("care-saved"));
    } catch (error) {
      if (!(error instanceof PinCancelled)) toast(sentence(error));
    }
    show();
  };
  show();
  for (const choice of [free, lock]) choice.addEventListener("change", () => void save());
  el("care").hidden = false;
}

/** The pages ask the device first; what the service has is what counts. */
function remember(device: Device, choices: { free_amount: string; lock_after_ms: number }): Promise<void> {
  return amendDevice(device, (mine) => {
    mine.freeAmount = choices.free_amount;
    mine.lockAfterMs = choices.lock_after_ms;
  });
}

/** Stores the choices; where they make the device less careful, the service asks for the PIN. */
async function store(device: Device, body: { free_amount: string; lock_after_ms: number }): Promise<void> {
  try {
    await wallet.post("/v1/devices/choices", { body });
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "PIN_NEEDED")) throw error;
    await withProof(device, { title: t("pin-title"), detail: t("care-pin") }, (proof) => wallet.postOnce("/v1/devices/choices", { body: { ...body, ...proof } }));
  }
}
