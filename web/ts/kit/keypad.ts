/** Typing an amount: with the keypad on the screen or with the keyboard. */

import { el } from "./dom.ts";
import { digits } from "./format.ts";
import { lang } from "./text.ts";

/** Digits that an amount may have while it is typed: a hundred million won less one. */
const MAX_DIGITS = 8;

export interface AmountEntry {
  value(): bigint;
  clear(): void;
}

/** Connects `#amount`, `#amount-next` and the keypad of one step. */
export function amountEntry(step: string, changed: (value: bigint) => void = () => undefined): AmountEntry {
  let typed = "";
  const section = document.querySelector<HTMLElement>(`[data-step="${step}"]`);
  const output = el<HTMLOutputElement>("amount");
  const next = el<HTMLButtonElement>("amount-next");
  const value = () => BigInt(typed || "0");

  function show(): void {
    const shown = document.createElement("span");
    shown.textContent = digits(value());
    output.classList.toggle("huge-zero", typed === "");
    output.replaceChildren(...(lang === "ko" ? [shown, unit("원")] : [unit("₩"), shown]));
    next.disabled = value() === 0n;
    changed(value());
  }

  function press(key: string): void {
    if (key === "erase") typed = typed.slice(0, -1);
    else if (typed.length + key.length <= MAX_DIGITS) typed = (typed + key).replace(/^0+/, "");
    show();
  }

  for (const key of section?.querySelectorAll<HTMLButtonElement>("[data-key]") ?? []) {
    key.addEventListener("click", () => press(key.dataset["key"] ?? ""));
  }
  addEventListener("keydown", (event) => {
    if (section?.hidden !== false || event.metaKey || event.ctrlKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (/^[0-9]$/.test(event.key)) press(event.key);
    else if (event.key === "Backspace") press("erase");
    else if (event.key === "Enter" && !(document.activeElement instanceof HTMLButtonElement) && !next.disabled) next.click();
    else return;
    event.preventDefault();
  });
  show();
  return {
    value,
    clear() {
      typed = "";
      show();
    },
  };
}

function unit(sign: string): HTMLElement {
  const element = document.createElement("small");
  element.textContent = sign;
  return element;
}
