/** The sheet that asks for the PIN: own keypad, own dots, and the keyboard works as well. */

import { el } from "./dom.ts";
import { t } from "./text.ts";

const LENGTH = 6;

/** The person closed the sheet. */
export class PinCancelled extends Error {
  constructor() {
    super("PIN_CANCELLED");
  }
}

/** What to tell below the dots before the PIN is asked again. */
export class PinAgain extends Error {}

interface Ask {
  title: string;
  detail?: string;
  /** What happened before, and why the PIN is asked now. */
  note?: string | undefined;
  /** Takes the six digits. `PinAgain` keeps the sheet open; anything else closes it. */
  check: (pin: string) => Promise<void>;
}

let before: Promise<unknown> = Promise.resolve();

/** Opens the sheet until `check` takes a PIN. There is one sheet: a second question waits for the end of the first. */
export function askPin(ask: Ask): Promise<void> {
  const asked = before.then(() => open(ask));
  before = asked.catch(() => undefined);
  return asked;
}

function open({ title, detail, note, check }: Ask): Promise<void> {
  const sheet = el<HTMLDialogElement>("pin");
  const error = el("pin-error");
  const dots = [...sheet.querySelectorAll(".dots i")];
  let typed = "";
  let busy = false;
  let closed = false;
  el("pin-title").textContent = title;
  el("pin-detail").textContent = detail ?? "";
  error.textContent = note ?? "";

  return new Promise((resolve, reject) => {
    const listening = new AbortController();
    const { signal } = listening;

    function finish(outcome: () => void): void {
      if (closed) return;
      closed = true;
      listening.abort();
      sheet.removeAttribute("aria-busy");
      show("");
      if (sheet.open) sheet.close();
      outcome();
    }

    function show(next: string): void {
      typed = next;
      dots.forEach((dot, i) => dot.classList.toggle("on", i < typed.length));
      el("pin-count").textContent = typed === "" ? "" : t("pin-count", { count: typed.length });
    }

    async function press(key: string): Promise<void> {
      // While the line is slow, too.
      if (key === "cancel") return finish(() => reject(new PinCancelled()));
      if (busy) return;
      if (key === "erase") return show(typed.slice(0, -1));
      if (typed.length >= LENGTH) return;
      error.textContent = "";
      sheet.classList.remove("sheet-no");
      show(typed + key);
      if (typed.length === LENGTH) await complete();
    }

    async function complete(): Promise<void> {
      busy = true;
      sheet.setAttribute("aria-busy", "true");
      el("pin-count").textContent = t("pin-checking");
      try {
        await check(typed);
        finish(resolve);
      } catch (thrown) {
        if (closed) return;
        if (thrown instanceof PinAgain) {
          show("");
          sheet.classList.add("sheet-no");
          error.textContent = thrown.message;
        } else {
          finish(() => reject(thrown));
        }
      } finally {
        busy = false;
        if (!closed) sheet.removeAttribute("aria-busy");
      }
    }

    for (const key of sheet.querySelectorAll<HTMLButtonElement>("[data-pin]")) {
      key.addEventListener("click", () => void press(key.dataset["pin"] ?? ""), { signal });
    }
    sheet.addEventListener("keydown", (event) => {
      if (/^[0-9]$/.test(event.key)) void press(event.key);
      else if (event.key === "Backspace") void press("erase");
      else return;
      event.preventDefault();
    }, { signal });
    sheet.addEventListener("cancel", (event) => {
      event.preventDefault();
      void press("cancel");
    }, { signal });
    // Whoever goes back leaves the question behind as well.
    addEventListener("popstate", () => void press("cancel"), { signal });
    show("");
    if (!sheet.open) sheet.showModal();
    sheet.querySelector<HTMLButtonElement>("[data-pin='1']")?.focus({ preventScroll: true });
  });
}
