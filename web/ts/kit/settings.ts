/** Language and letter size: kept in cookies, so that the server renders the page right at once. */

import { el } from "./dom.ts";
import { lang } from "./text.ts";

const YEAR_S = 31_536_000;

function remember(name: string, value: string): void {
  document.cookie = `${name}=${value}; path=/; max-age=${YEAR_S}; samesite=lax`;
}

/** Connects the controls of the settings block. */
export function connectSettings(): void {
  connectLanguage();
  connectLargePrint();
}

export function connectLanguage(): void {
  for (const radio of el("languages").querySelectorAll("input")) {
    radio.checked = radio.value === lang;
    radio.addEventListener("change", () => {
      remember("dure_lang", radio.value);
      location.assign(location.pathname);
    });
  }
}

export function connectLargePrint(): void {
  const large = el<HTMLInputElement>("large-print");
  large.checked = document.documentElement.classList.contains("large");
  large.addEventListener("change", () => {
    remember("dure_large", large.checked ? "1" : "0");
    document.documentElement.classList.toggle("large", large.checked);
  });
}
