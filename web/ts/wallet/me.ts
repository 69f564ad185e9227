/** Me: this device, my other devices, how I read, how I leave. */

import { get, refusalSentence, sentence } from "../kit/api.ts";
import { el, h, onPress, toast } from "../kit/dom.ts";
import { fullDay } from "../kit/format.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { unlockKey } from "../kit/session.ts";
import { connectSettings } from "../kit/settings.ts";
import { t } from "../kit/text.ts";
import { logOut, showDevice } from "../kit/thisdevice.ts";
import { forgetDevice, type Device } from "../keys/device.ts";
import { prepare } from "../pay/pending.ts";
import { follow } from "../pay/submit.ts";
import { signedIn } from "../pay/resume.ts";

interface KnownDevice {
  certificate: string;
  name: string;
  last_used_at: number;
  revoked: boolean;
  current: boolean;
}

interface Me {
  name?: string;
  devices?: KnownDevice[];
}

const told = (error: unknown) => {
  if (!(error instanceof PinCancelled)) toast(sentence(error));
};

export async function me(): Promise<void> {
  connectSettings();
  const device = await signedIn();
  showDevice(device);
  let target = device.certificate;
  const sure = el<HTMLDialogElement>("sure");
  const ask = (certificate: string) => {
    target = certificate;
    sure.showModal();
  };
  onPress(el("log-out"), logOut, told);
  onPress(el("revoke"), () => ask(device.certificate), told);
  onPress(el("revoke-no"), () => sure.close(), told);
  onPress(el("revoke-go"), async () => {
    sure.close();
    await revoke(device, target);
  }, told);
  await load(ask).catch(told);
}

async function load(ask: (certificate: string) => void): Promise<void> {
  const { name, devices = [] } = await get<Me>("/v1/me");
  if (name) el("me-name").textContent = name;
  const others = devices.filter((one) => !one.revoked && !one.current);
  el("others-block").hidden = others.length === 0;
  el("others").replaceChildren(...others.map((one) => otherRow(one, ask)));
}

function otherRow(one: KnownDevice, ask: (certificate: string) => void): HTMLElement {
  const button = h(
    "button",
    { type: "button", class: "copy", "data-testid": "other-revoke", "aria-label": t("revoke-other", { name: one.name }) },
    t("revoke-go"),
  );
  onPress(button, () => ask(one.certificate), told);
  return h(
    "div",
    { class: "row", "data-testid": "other-device", "data-certificate": one.certificate },
    h("span", { class: "entry-what" }, h("b", {}, one.name), h("span", { class: "entry-more" }, t("last-used", { date: fullDay(one.last_used_at) }))),
    button,
  );
}

/** Ends a certificate of this person on the ledger, signed with this device's key. */
async function revoke(device: Device, certificate: string): Promise<void> {
  const key = await unlockKey(device, t("revoke"));
  const call = { call: "certificate_revoke", certificate } as const;
  const pending = await prepare(device, key, call, { kind: "revoke", amount: "0", name: device.name });
  const fate = await follow(pending, () => undefined);
  if (fate.fate !== "done") toast(fate.fate === "refused" ? refusalSentence(fate.refusal) : t("result-void-text"));
  else if (certificate !== device.certificate) location.reload();
  else {
    await forgetDevice();
    location.assign("/enrol");
  }
}
