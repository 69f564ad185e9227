// Takes the pictures, and dresses the screens for them.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the pictures go. */
export const FOLDER = fileURLToPath(new URL("../../../screenshots", import.meta.url));

/** How screens are shown: Korean in light, and the others beside it. */
export const PLAIN = { lang: "ko", look: "light" };
export const LOOKS = [
  { lang: "en", look: "light" },
  { lang: "ko", look: "dark", colorScheme: "dark" },
  { lang: "ko", look: "large", large: true },
  { lang: "en", look: "large", large: true },
];

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

/** Takes each picture in every look of one language, without leaving the screen: a reload would lose the state it is in. */
export function cameras(screen, app, lang) {
  const looks = [PLAIN, ...LOOKS].filter((one) => one.lang === lang);
  return async (name, how) => {
    for (const look of looks) {
      await dresses(screen, look);
      await camera(screen, app, look)(name, how);
    }
    await dresses(screen, looks[0]);
  };
}

/** Print and colours of a screen that is being looked at. */
async function dresses(screen, { large = false, colorScheme = "light" }) {
  await screen.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
  await screen.page.evaluate((large) => document.documentElement.classList.toggle("large", large), large);
}

/** Language, print and colours of a screen from its next page on. */
export async function wears(screen, { lang, large = false, colorScheme = "light" }) {
  const cookie = (name, value) => ({ name, value, url: screen.base });
  await screen.page.context().addCookies([cookie("dure_lang", lang), cookie("dure_large", large ? "1" : "0")]);
  await screen.page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
}
