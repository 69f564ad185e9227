/** Me: this device, my other devices, how I read, how I leave. */

import { refusalSentence, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, h, icon, onPress, toast } from "../kit/dom.ts";
import { fullDay } from "../kit/format.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import type { WalletType } from "../kit/routes.ts";
import { unlockKey } from "../kit/session.ts";
import { connectSettings } from "../kit/settings.ts";
import { t } from "../kit/text.ts";
import { logOut, showDevice } from "../kit/thisdevice.ts";
import { amendDevice, forgetDevice, type Device } from "../keys/device.ts";
import { prepare } from "../pay/pending.ts";
import { follow } from "../pay/submit.ts";
import { signedIn } from "../pay/resume.ts";
import { careSection } from "./care.ts";
import { looksSection } from "./looks.ts";
import { connectNaming, nameDevice } from "./naming.ts";
import { passkeySection, type AskSure } from "./passkey.ts";
import { showEnd } from "./renew.ts";
import { vouchSection } from "./vouch.ts";

type KnownDevice = WalletType<"Device">;

const told = (error: unknown) => {
  if (!(error instanceof PinCancelled)) toast(sentence(error));
};

/** What can be done with one of the other devices. */
interface Acts {
  device: Device;
  revoke: (one: KnownDevice) => void;
  rename: (one: KnownDevice) => Promise<void>;
}

export async function me(): Promise<void> {
  connectSettings();
  connectNaming();
  const device = await signedIn();
  showDevice(device);
  let agreed: () => Promise<void> = async () => undefined;
  const sure = el<HTMLDialogElement>("sure");
  const ask: AskSure = (act, what) => {
    agreed = act;
    el("sure-title").textContent = what.title;
    el("sure-detail").textContent = what.detail;
    el("revoke-go").textContent = what.go;
    sure.showModal();
  };
  const askRevoke = (certificate: string, title: string) =>
    ask(() => revoke(device, certificate), { title, detail: t("revoke-sure"), go: t("revoke-go") });
  const acts: Acts = {
    device,
    revoke: ({ certificate, name }) => askRevoke(certificate, t("revoke-other-title", { name })),
    rename: async ({ certificate, name }) => {
      if ((await nameDevice(certificate, name)) === undefined) return;
      toast(t("rename-done"));
      await load(acts);
    },
  };
  onPress(el("log-out"), logOut, told);
  onPress(el("rename"), () => renameThis(device), told);
  onPress(el("revoke"), () => askRevoke(device.certificate, t("revoke-sure-title")), told);
  onPress(el("freeze"), () => ask(() => freeze(device), { title: t("freeze-title"), detail: t("freeze-sure"), go: t("freeze-go") }), told);
  onPress(el("revoke-no"), () => sure.close(), told);
  onPress(el("revoke-go"), async () => {
    sure.close();
    await agreed();
  }, told);
  await passkeySection(device, ask);
  await Promise.all([load(acts), careSection(device), looksSection()].map((section) => section.catch(told)));
  for (const place of ["vouch", "looks"]) el(place).querySelector("[data-skeleton]")?.remove();
}

async function renameThis(device: Device): Promise<void> {
  const name = await nameDevice(device.certificate, device.name);
  if (name === undefined) return;
  await amendDevice(device, (kept) => (kept.name = name));
  showDevice(device);
  toast(t("rename-done"));
}

async function load(acts: Acts): Promise<void> {
  const all = await wallet.get("/v1/me");
  const { name, devices } = all;
  el("me-name").textContent = name;
  showEnd(all, acts.device, () => load(acts), told);
  await vouchSection(all.registrations, () => load(acts));
  const others = devices.filter((one) => !one.revoked && !one.current);
  el("others-block").hidden = others.length === 0;
  el("others").replaceChildren(...others.map((one) => otherRow(one, acts)));
}

function otherRow(one: KnownDevice, acts: Acts): HTMLElement {
  const rename = h("button", { type: "button", class: "round", "data-testid": "other-rename", "aria-label": t("rename-other", { name: one.name }) }, icon("pen"));
  const revoke = h("button", { type: "button", class: "copy", "data-testid": "other-revoke", "aria-label": t("revoke-other", { name: one.name }) }, t("revoke-go"));
  onPress(rename, () => acts.rename(one), told);
  onPress(revoke, () => acts.revoke(one), told);
  return h(
    "div",
    { class: "row", "data-testid": "other-device", "data-certificate": one.certificate },
    h("span", { class: "entry-what" }, h("b", {}, one.name), h("span", { class: "entry-more" }, t("last-used", { date: fullDay(one.last_used_at) }))),
    rename,
    revoke,
  );
}

/** Stops the account on the ledger, signed with this device's key: no device can spend from it until the person has been at the counter. */
async function freeze(device: Device): Promise<void> {
  const key = await unlockKey(device, t("freeze"));
  const call = { call: "account_freeze", member: device.bid, reason: "LOST" } as const;
  const pending = await prepare(device, key, call, { kind: "freeze", amount: "0", name: t("freeze") });
  const fate = await follow(pending, () => undefined);
  if (fate.fate === "done") location.assign("/");
  else toast(fate.fate === "refused" ? refusalSentence(fate.refusal) : t("result-void-text"));
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
