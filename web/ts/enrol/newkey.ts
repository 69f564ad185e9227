/** A new device's key and PIN, before anybody has certified it. */

import { PinAgain, askPin } from "../kit/pinsheet.ts";
import { t } from "../kit/text.ts";
import { makeKey, type FreshKey } from "../keys/device.ts";
import { acceptablePin, pinProof } from "../keys/pin.ts";

/** Asks for a new PIN twice, makes a key and the proof that stands for the PIN. */
export async function newKey(birth?: string): Promise<{ key: FreshKey; proof: string }> {
  const pin = await choosePin(birth);
  const key = await makeKey();
  return { key, proof: await pinProof(pin, key.salt) };
}

async function choosePin(birth: string | undefined): Promise<string> {
  let first = "";
  await askPin({
    title: t("pin-first"),
    check: async (pin) => {
      if (!acceptablePin(pin, birth)) throw new PinAgain(t("pin-weak"));
      first = pin;
    },
  });
  await askPin({
    title: t("pin-second"),
    check: async (pin) => {
      if (pin !== first) throw new Error("PIN_DIFFERS");
    },
  });
  return first;
}
