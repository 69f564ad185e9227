// Fingers and keys as the browser gets them from a person: two taps at once, a key that is held; without Playwright's patience.

import { setTimeout as sleep } from "node:timers/promises";

import { open } from "./screen.mjs";

/** Between the two taps of a double tap, ms. */
export const APART = 120;
/** How often a key repeats that is held for more than half a second. */
const REPEATS = 20;

/** A screen with fingers on it. `after`: whatever a tap has set off has begun by then, ms. */
export async function touch(browser, base, viewport, { after = 700, repeats = REPEATS } = {}) {
  const screen = await open(browser, base, viewport, { hasTouch: true });
  const wire = await screen.page.context().newCDPSession(screen.page);
  const finger = async ([x, y]) => {
    await wire.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x, y }] });
    await wire.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  };
  const key = (type, name, autoRepeat = false) => {
    const code = { Enter: "Enter", " ": "Space" }[name] ?? `Digit${name}`;
    const windowsVirtualKeyCode = name === "Enter" ? 13 : name.charCodeAt(0);
    const text = type === "keyUp" ? {} : { text: name === "Enter" ? "\r" : name };
    return wire.send("Input.dispatchKeyEvent", { type, key: name, code, windowsVirtualKeyCode, autoRepeat, ...text });
  };
  /** Requests that change something. */
  const sent = [];
  screen.page.on("request", (request) => request.method() !== "GET" && sent.push(new URL(request.url()).pathname));
  return {
    ...screen,
    finger,
    sent,
    /** Where an element is, once its screen stands still: sooner, no tap would count. */
    async middle(id) {
      await screen.sees(id);
      await screen.still();
      return middle(screen.at(id).first());
    },
    async twice(point) {
      await finger(point);
      await sleep(APART);
      await finger(point);
      await sleep(after);
    },
    /** A key that is held. */
    async hold(name) {
      await key("keyDown", name);
      for (let count = 0; count < repeats; count += 1) {
        await sleep(30);
        await key("keyDown", name, true);
      }
      await key("keyUp", name);
      await sleep(after);
    },
  };
}

async function middle(locator) {
  // Clear of the bar at the bottom.
  await locator.evaluate((one) => one.scrollIntoView({ block: "center", behavior: "instant" }));
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
}
