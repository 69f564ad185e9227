/** Making and finding elements. Text is always text: nothing here (or anywhere) parses HTML. */

export type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | boolean | number | ((event: Event) => void)>;

/** An element with attributes (functions become listeners) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children.filter((child): child is Node | string => child instanceof Node || typeof child === "string"));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the page's sprite. */
export function icon(name: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** The element of that id, which the page's template promises. */
export function el<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found as T;
}

/** Two presses of one button within this time are one, ms: people double-tap what needs one tap. */
const ONCE_MS = 400;

/** Calls `act` when a button is pressed; presses during the work, and the second of a double tap, are ignored. Faults go to `failed`. */
export function onPress(button: HTMLElement, act: () => unknown, failed: (error: unknown) => void): void {
  guard(button, "click", act, failed);
}

/** Calls `act` when a form is sent, as long as `signal` is not given; the browser itself sends nothing. */
export function onSubmit(form: HTMLElement, act: () => unknown, failed: (error: unknown) => void, signal?: AbortSignal): void {
  guard(form, "submit", act, failed, signal);
}

function guard(target: HTMLElement, type: string, act: () => unknown, failed: (error: unknown) => void, signal?: AbortSignal): void {
  let began = -ONCE_MS;
  // Whoever has typed something else means another press.
  target.addEventListener("input", () => (began = -ONCE_MS), signal ? { signal } : {});
  target.addEventListener(type, async (event) => {
    event.preventDefault();
    if (target.dataset["busy"] || (event.isTrusted && performance.now() - began < ONCE_MS)) return;
    began = performance.now();
    target.dataset["busy"] = "1";
    target.setAttribute("aria-busy", "true");
    try {
      await act();
    } catch (error) {
      failed(error);
    } finally {
      delete target.dataset["busy"];
      target.removeAttribute("aria-busy");
    }
  }, signal ? { signal } : {});
}

let fading: ReturnType<typeof setTimeout> | undefined;

/** A short word at the bottom of the screen; read aloud. */
export function toast(text: string): void {
  const place = el("toast");
  place.textContent = text;
  place.classList.add("toast-on");
  clearTimeout(fading);
  fading = setTimeout(() => place.classList.remove("toast-on"), 2600);
}

/** A list that is empty, with what to do about it. */
export function empty(name: string, title: string, ...children: Child[]): HTMLElement {
  return h("div", { class: "empty", "data-testid": `${name}-empty` }, h("p", { class: "empty-title" }, title), ...children);
}

/** Something that could not be loaded, with a button that tries again. */
export function broken(name: string, sentence: string, retry: () => unknown, label: string): HTMLElement {
  const button = h("button", { type: "button", class: "button button-soft", "data-testid": `${name}-retry` }, label);
  onPress(button, retry, (error) => {
    throw error;
  });
  return h("div", { class: "empty", role: "alert", "data-testid": `${name}-error` }, icon("alert"), h("p", {}, sentence), button);
}
