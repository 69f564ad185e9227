// Fingers and keys as the browser gets them from a person: two taps at once, a key that is held; without Playwright's patience.

import { setTimeout as sleep } from "node:timers/promises";

import { open } from "./screen.mjs";

/** Between the two taps of a double tap, ms. */
export const APART = 120;
/** Whatever a tap has set off has begun by then, ms. */
const AFTER = 700;

/** A screen with fingers on it: what the browser itself makes of them, without Playwright's patience. */
export async function touch(browser, base, viewport) {
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
    middle: (id) => middle(screen.at(id).first()),
    async twice(point) {
      await finger(point);
      await sleep(APART);
      await finger(point);
      await sleep(AFTER);
    },
    /** A key that is held for a second. */
    async hold(name) {
      await key("keyDown", name);
      for (let count = 0; count < 20; count += 1) {
        await sleep(30);
        await key("keyDown", name, true);
      }
      await key("keyUp", name);
      await sleep(AFTER);
    },
  };
}

export async function middle(locator) {
  // Clear of the bar at the bottom.
  await locator.evaluate((one) => one.scrollIntoView({ block: "center" }));
  const { x, y, width, height } = await locator.boundingBox();
  return [x + width / 2, y + height / 2];
}
