/**
 * A screen that rests too long is covered until the PIN is right: for whoever has chosen so. What it shows is gone from sight, its
 * session is ended, and a reload or another tab is covered as well.
 */

import type { Device } from "../keys/device.ts";
import { service, wallet } from "./client.ts";
import { el, h, icon, onPress } from "./dom.ts";
import { PinCancelled } from "./pinsheet.ts";
import type { SignIn } from "./session.ts";
import { t } from "./text.ts";

/** How often the rest is measured; timers sleep while a phone does, so the clock is asked. */
const LOOK_MS = 1000;
/** A touch is written down, and told to the service, this often: its session rests as this screen does. */
const TOLD_MS = 15_000;
/** When this browser was last touched on one of our pages, ms. */
const TOUCHED = "dure_touched";

/** Covers the screen when it has rested; `signIn` asks for the PIN. */
export function autoLock(device: Device, signIn: SignIn): void {
  const every = device.lockAfterMs ? Math.min(TOLD_MS, device.lockAfterMs / 4) : TOLD_MS;
  let told = 0;
  let cover: HTMLElement | undefined;
  let opened: () => void = () => undefined;
  const rested = () => (device.lockAfterMs ?? 0) > 0 && Date.now() - lastTouch() >= (device.lockAfterMs ?? 0);

  function touched(): void {
    // A touch on a screen that should be covered by now opens nothing.
    if (cover || rested() || Date.now() - told < every) return;
    told = Date.now();
    write(told);
    if ((device.lockAfterMs ?? 0) > 0) void wallet.get("/v1/devices/choices").catch(() => undefined);
  }

  async function unlock(): Promise<void> {
    await signIn.open(t("locked-title"), t("locked-text"));
    opened();
    told = Date.now();
    write(told);
    cover?.remove();
    cover = undefined;
    frame().hidden = false;
    frame().inert = false;
    el("main").focus({ preventScroll: true });
  }

  function lock(): void {
    // A sheet that is open lies above everything and would keep the cover from being pressed.
    for (const sheet of document.querySelectorAll<HTMLDialogElement>("dialog[open]")) {
      sheet.dispatchEvent(new Event("cancel", { cancelable: true }));
      sheet.close();
    }
    // Whatever the page asks for meanwhile waits behind the cover.
    signIn.hold(new Promise((resolve) => (opened = resolve)));
    frame().hidden = true;
    frame().inert = true;
    const button = h("button", { type: "button", class: "button button-main", "data-testid": "locked-go" }, t("locked-go"));
    cover = h(
      "div",
      { class: "frame locked", "data-testid": "locked" },
      ...coverParts(button),
    );
    onPress(button, unlock, (error) => {
      if (!(error instanceof PinCancelled)) throw error;
    });
    el("pin").before(cover);
    button.focus();
    void service.postOnce("/v1/session/end").catch(() => undefined);
  }

  const look = () => !cover && rested() && lock();
  for (const event of ["pointerdown", "keydown", "scroll"]) addEventListener(event, touched, { passive: true, capture: true });
  addEventListener("visibilitychange", look);
  setInterval(look, LOOK_MS);
  look();
  touched();
}

/** Where a browser keeps nothing, each page begins anew. */
function lastTouch(): number {
  const kept = Number(read() ?? Number.NaN);
  return Number.isFinite(kept) ? kept : begun;
}

const begun = Date.now();

function read(): string | null {
  try {
    return localStorage.getItem(TOUCHED);
  } catch {
    return null;
  }
}

function write(at: number): void {
  try {
    localStorage.setItem(TOUCHED, String(at));
  } catch {
    // Closed to us: this page's own beginning is what counts.
  }
}

/** What is written on the cover. */
export const coverParts = (button: HTMLElement) => [
  h("div", { class: "blank" }, h("span", { class: "seal seal-quiet" }, icon("lock")), h("h1", { tabindex: "-1" }, t("locked-title")), h("p", {}, t("locked-text"))),
  h("div", { class: "foot" }, button),
];

const frame = () => document.querySelector<HTMLElement>(".frame:not(.locked)") ?? document.body;
