// Takes the pictures, and dresses the screens for them.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the pictures go. */
export const FOLDER = fileURLToPath(new URL("../../../screenshots", import.meta.url));

/** How many there are. */
export let taken = 0;

/** Takes pictures of one screen: `shot("home")`. */
export function camera(screen, app, { lang = "ko", look = "light" } = {}) {
  return async (name, { full = false } = {}) => {
    await screen.page.evaluate(() => document.fonts.ready);
    const seen = screen.page.viewportSize();
    // A window as high as the page: the menu stays at its bottom.
    if (full) await screen.page.setViewportSize({ ...seen, height: await screen.page.evaluate(() => document.documentElement.scrollHeight) });
    await screen.page.screenshot({ path: join(FOLDER, `${app}-${name}-${lang}-${look}.png`), animations: "disabled" });
    await screen.page.setViewportSize(seen);
    taken += 1;
  };
}

/** Language, print and colours of a screen. */
export async function wears(screen, { lang, large = false, colorScheme = "light" }) {
  const cookie = (name, value) => ({ name, value, url: screen.base });
  await screen.page.context().addCookies([cookie("dure_lang", lang), cookie("dure_large", large ? "1" : "0")]);
  await screen.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
}
