// Every button of a page, found on the page itself: in the step that shows, in the steps and sheets behind it. Nothing is sent while one
// is tried: what would change something is noted and answered with 503.

import { readFileSync } from "node:fs";

const CONTROLS = "button, a[href], [role=button], summary";
/** Keys of a keypad: on one that stands still every tap counts. One of each kind stands for all ten. */
const KEYPAD = "[data-key], [data-pin]";

/** The paths of one face's pages, as its source names them. */
export function paths(face) {
  const source = readFileSync(new URL(`../../web/src/${face}.rs`, import.meta.url), "utf8");
  return [...source.matchAll(/^ {4}\/\/\/ `(\/[^`]*)`/gm)].map((found) => found[1]);
}

/** Notes what changes something, instead of sending it; `on` says when. */
export async function holdBack(screen) {
  const held = { on: false, asked: [], reached: [] };
  await screen.page.route("**/v1/**", async (route) => {
    const request = route.request();
    if (!held.on || request.method() === "GET") return route.continue();
    held.asked.push(`${request.method()} ${new URL(request.url()).pathname}`);
    return route.fulfill({ status: 503, contentType: "application/problem+json", body: "{}" });
  });
  await screen.page.exposeFunction("reached", (name) => held.on && held.reached.push(name));
  // The guard stands at the window, before this: what is noted here has come to a control.
  await screen.page.addInitScript((controls) => {
    document.addEventListener("click", ({ target }) => {
      const control = target instanceof Element ? target.closest(controls) : undefined;
      if (control) void globalThis.reached(`${location.pathname} ${control.dataset.testid ?? control.textContent.trim()}`);
    }, true);
  }, CONTROLS);
  return held;
}

/** The scenes of the page that is open: as it loads, then each step and each sheet that does not show. */
export const scenes = (screen) =>
  screen.page.evaluate(() => [
    "",
    ...[...document.querySelectorAll("[data-step][hidden]")].map((step) => `[data-step="${step.dataset.step}"]`),
    ...[...document.querySelectorAll("dialog:not([open])")].map((sheet) => `#${sheet.id}`),
  ]);

/** Brings a scene up, with its fields filled and its buttons on; answers what its controls are. */
export const show = (screen, scene, fields, within = "body") =>
  screen.page.evaluate(
    ([scene, fields, within, controls, keypad]) => {
      const place = scene ? document.querySelector(scene) : document.querySelector(within);
      if (place.matches("dialog")) place.showModal();
      else if (scene) for (const step of document.querySelectorAll("[data-step]")) step.hidden = step !== place;
      for (const [id, value] of Object.entries(fields)) {
        const field = place.querySelector(`[data-testid="${id}"]`);
        if (!field) continue;
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
      }
      const kinds = new Set();
      const found = [...place.querySelectorAll(controls)].filter((one) => {
        one.disabled = false;
        if (!one.checkVisibility() || one.target) return false;
        const key = one.matches(keypad) && (one.dataset.key ?? one.dataset.pin).replace(/[0-9]+/, "digit");
        if (key && kinds.has(key)) return false;
        if (key) kinds.add(key);
        return true;
      });
      globalThis.tried = found;
      return found.map((one) => ({ name: one.dataset.testid ?? one.textContent.trim(), key: one.matches(keypad) }));
    },
    [scene, fields, within, CONTROLS, KEYPAD],
  );

/** The middle of one of the controls that `show` has found, with the focus on it; nothing if the page has replaced it meanwhile. */
export const middleOf = (screen, at) =>
  screen.page.evaluate((at) => {
    const control = globalThis.tried[at];
    if (!control?.checkVisibility()) return undefined;
    // Clear of the bar at the bottom.
    control.scrollIntoView({ block: "center", behavior: "instant" });
    control.focus({ preventScroll: true });
    const { x, y, width, height } = control.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  }, at);
