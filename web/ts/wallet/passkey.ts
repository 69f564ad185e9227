/** The part of *Me* that offers a passkey instead of the PIN, and takes it away again. */

import { sentence } from "../kit/api.ts";
import { el, h, onPress, toast, type Child } from "../kit/dom.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { askShare } from "../kit/session.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { PasskeyError, addPasskey, passkeyPossible, removePasskey } from "../keys/passkey.ts";

/** Asks whether somebody is sure, and then acts. */
export type AskSure = (act: () => Promise<void>, what: { title: string; detail: string; go: string }) => void;

/** Puts the section behind that of the device, where the browser can do it or the person should know why it cannot. */
export async function passkeySection(device: Device, ask: AskSure): Promise<void> {
  const possible = await passkeyPossible();
  if (possible === "no" && !device.passkey) return;
  const title = h("h2", { id: "passkey-title", tabindex: "-1" }, t("passkey-title"));
  const body = h("div", { class: "shelf" });
  const word = h("p", { class: "hint", role: "status", "data-testid": "passkey-word" });
  const section = h("section", { class: "block", "aria-labelledby": "passkey-title", "data-testid": "passkey" }, title, body, word);

  function show(state: string, ...parts: Child[]): void {
    section.dataset["state"] = state;
    body.replaceChildren(...parts.filter((part) => part instanceof Node));
    say("", "");
  }

  /** A word below the button; `why` is for tests. */
  function say(why: string, text: string): void {
    word.dataset["why"] = why;
    word.textContent = text;
  }

  function refresh(): void {
    if (device.passkey) show("present", lead(t("passkey-present")), remover());
    else if (possible === "address") show("address", lead(t("passkey-address")));
    else show("offered", lead(t("passkey-lead")), adder());
  }

  /** After a press: what was pressed is gone, so the reading goes on at the title. */
  function changed(text: string): void {
    refresh();
    title.focus({ preventScroll: true });
    toast(text);
  }

  function adder(): HTMLElement {
    const button = h("button", { type: "button", class: "button button-soft", "data-testid": "passkey-add" }, t("passkey-add"));
    const add = async () => {
      say("", "");
      const share = await askShare(device, t("passkey-pin"));
      say("waiting", t("passkey-waiting"));
      await addPasskey(device, share, t("brand"));
      changed(t("passkey-added"));
    };
    onPress(button, add, (error) => say(...reason(error)));
    return button;
  }

  function remover(): HTMLElement {
    const button = h("button", { type: "button", class: "button button-soft", "data-testid": "passkey-remove" }, t("passkey-remove"));
    const remove = async () => {
      await removePasskey(device);
      changed(t("passkey-removed"));
    };
    const what = { title: t("passkey-sure-title"), detail: t("passkey-sure"), go: t("passkey-remove") };
    onPress(button, () => ask(remove, what), (error) => say(...reason(error)));
    return button;
  }

  refresh();
  el("device").closest("section")?.after(section);
}

const lead = (text: string) => h("p", {}, text);

/** Why nothing was added. */
function reason(error: unknown): [why: string, text: string] {
  if (error instanceof PinCancelled) return ["cancelled", t("passkey-cancelled")];
  if (!(error instanceof PasskeyError)) return ["failed", sentence(error)];
  return [error.why, error.why === "cancelled" ? t("passkey-cancelled") : t("passkey-unsupported")];
}
