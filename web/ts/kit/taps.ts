/**
 * A tap belongs to the screen on which it began, and no screen answers before it stands still. One guard before all buttons, links,
 * keypads and sheets: the second tap of a double tap, a click that a finger leaves behind, and a key that is held do nothing on what has
 * come up meanwhile. On a screen that stands still every tap counts: twice the same digit is two digits.
 */

/** From when a screen comes up until it answers, ms: longer than a sheet rises, and than the two taps of a double tap are apart. */
const COMING_MS = 400;
/** A press of which no click has come for so long will have none, ms. */
const FORGOTTEN_MS = 1000;

/** Which taps count; without a page, so that it can be tested. */
export class Taps {
  #screen = 0;
  #still = true;
  #press: { screen: number; still: boolean; ended?: number } | undefined;

  get still(): boolean {
    return this.#still;
  }

  /** Another screen comes up. */
  coming(): void {
    this.#screen += 1;
    this.#still = false;
  }

  /** The screen stands still. */
  settled(): void {
    this.#still = true;
  }

  /** A finger, a mouse button or a key goes down. */
  down(): void {
    this.#press = { screen: this.#screen, still: this.#still };
  }

  /** It goes up. */
  up(now: number): void {
    if (this.#press) this.#press.ended = now;
  }

  /** True if the click that comes now counts. One without a press is a screen reader's: it counts once the screen stands still. */
  clicked(now: number): boolean {
    const press = this.#press;
    this.#press = undefined;
    const fresh = press && now - (press.ended ?? now) < FORGOTTEN_MS;
    return fresh ? press.still && press.screen === this.#screen : this.#still;
  }
}

/** What a key does: types a digit or closes, which only that screen understands; or presses what the focus has come upon. */
export type KeyDeed = "none" | "own" | "press";

/**
 * What becomes of a key that goes down. What is held acts once. A digit or Escape that is pressed anew is meant as it is, at once; Enter
 * and Space may be the second of two, and press whatever has the focus, so they wait until the screen stands still.
 */
export function keyCounts(deed: KeyDeed, { repeat, still }: { repeat: boolean; still: boolean }): boolean {
  return deed === "none" || (!repeat && (still || deed === "own"));
}

/** What comes up and goes: steps, sheets, the forms inside them, the cover of a locked screen, the buttons below a result. */
const SCREENS = "dialog, [data-step], form, .locked";

/** Guards the page from now on. */
export function guardTaps(): void {
  const taps = new Taps();
  let rising: ReturnType<typeof setTimeout> | undefined;
  const coming = () => {
    taps.coming();
    // The style sheet keeps fingers off meanwhile.
    document.documentElement.dataset["coming"] = "1";
    clearTimeout(rising);
    rising = setTimeout(() => {
      taps.settled();
      delete document.documentElement.dataset["coming"];
    }, COMING_MS);
  };
  const stop = (event: Event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };

  new MutationObserver((records) => {
    if (records.some(isScreen)) coming();
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ["open", "hidden"] });
  addEventListener("pageshow", (event) => event.persisted && coming());
  // The page is being left: what is tapped meanwhile is meant for the next one.
  addEventListener("beforeunload", coming);

  const options = { capture: true };
  addEventListener("pointerdown", () => taps.down(), options);
  for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => taps.up(performance.now()), options);
  addEventListener("click", (event) => {
    // What our own code clicks has been judged by the key behind it.
    if (event.isTrusted && !taps.clicked(performance.now())) stop(event);
  }, options);
  addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.isComposing) return;
    const deed = deedOf(event);
    if (!keyCounts(deed, { repeat: event.repeat, still: taps.still })) stop(event);
    else if (deed === "press") taps.down();
  }, options);
  addEventListener("keyup", () => taps.up(performance.now()), options);
  coming();
}

function isScreen({ type, target, addedNodes, removedNodes }: MutationRecord): boolean {
  const element = target as Element;
  if (type === "attributes") return element.matches(SCREENS);
  if (element.matches(".foot")) return true;
  return [...addedNodes, ...removedNodes].some((node) => node instanceof Element && node.matches(SCREENS));
}

const TEXT = "input:not([type=radio], [type=checkbox], [type=file]), textarea";

function deedOf(event: KeyboardEvent): KeyDeed {
  if (event.key === "Enter") return "press";
  if (event.key === "Escape") return "own";
  if (event.target instanceof Element && event.target.matches(TEXT)) return "none";
  if (event.key === " ") return "press";
  return /^[0-9]$/.test(event.key) ? "own" : "none";
}
