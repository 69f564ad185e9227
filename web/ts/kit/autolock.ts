/** A screen that rests too long is covered until the PIN is right: for whoever has chosen so. What it shows is gone from sight. */

import type { Device } from "../keys/device.ts";
import { el, h, icon, onPress } from "./dom.ts";
import { PinCancelled } from "./pinsheet.ts";
import { t } from "./text.ts";

/** How often the rest is measured; timers sleep while a phone does, so the clock is asked. */
const LOOK_MS = 1000;

/** `open` asks for the PIN; its promise resolves once it was right. */
export function autoLock(device: Device, open: () => Promise<void>): void {
  let since = Date.now();
  let locked = false;
  const rested = () => device.lockAfterMs !== undefined && device.lockAfterMs > 0 && Date.now() - since >= device.lockAfterMs;
  // A touch on a screen that should be locked by now opens nothing.
  const touched = () => void (rested() || (since = Date.now()));
  for (const event of ["pointerdown", "keydown", "scroll"]) addEventListener(event, touched, { passive: true, capture: true });

  async function unlock(cover: HTMLElement): Promise<void> {
    await open();
    since = Date.now();
    locked = false;
    cover.remove();
    frame().hidden = false;
    frame().inert = false;
  }

  function lock(): void {
    locked = true;
    frame().hidden = true;
    frame().inert = true;
    const button = h("button", { type: "button", class: "button button-main", "data-testid": "locked-go" }, t("locked-go"));
    const cover = h(
      "div",
      { class: "frame locked", "data-testid": "locked" },
      h("div", { class: "blank" }, h("span", { class: "seal seal-quiet" }, icon("lock")), h("h1", { tabindex: "-1" }, t("locked-title")), h("p", {}, t("locked-text"))),
      h("div", { class: "foot" }, button),
    );
    onPress(button, () => unlock(cover), (error) => {
      if (!(error instanceof PinCancelled)) throw error;
    });
    el("pin").before(cover);
    button.focus();
  }

  const look = () => !locked && rested() && lock();
  setInterval(look, LOOK_MS);
  addEventListener("visibilitychange", look);
}

const frame = () => document.querySelector<HTMLElement>(".frame:not(.locked)") ?? document.body;
