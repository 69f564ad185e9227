/** This browser's certificate, shown; and its session, ended. */

import { readable, type Device } from "../keys/device.ts";
import { service } from "./client.ts";
import { el, h } from "./dom.ts";
import { fullDay } from "./format.ts";
import { t } from "./text.ts";

/** The facts of this browser's certificate. */
export function showDevice(device: Device): void {
  const row = (name: string, value: string, kind = "") => h("div", {}, h("dt", {}, name), h("dd", { class: kind }, value));
  el("device").replaceChildren(
    h(
      "dl",
      { class: "facts" },
      row(t("device-name"), device.name),
      row(t("device-certificate"), readable(device.certificate), "mono"),
      row(t("device-since"), fullDay(device.createdAt)),
      row(t("device-chain"), device.chain),
    ),
  );
}

/** Ends the session; the key stays, and the PIN opens the next one. */
export async function logOut(): Promise<void> {
  await service.postOnce("/v1/session/end");
  location.assign("/");
}
