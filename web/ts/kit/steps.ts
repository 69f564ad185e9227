/** One step, one screen: a page shows one of its sections at a time, and *back* goes one step back. */

const sections = () => [...document.querySelectorAll<HTMLElement>("[data-step]")];

const listeners = new Map<string, (() => void)[]>();

/** Calls `act` whenever that step comes up, after those that asked before. */
export function onStep(name: string, act: () => void): void {
  listeners.set(name, [...(listeners.get(name) ?? []), act]);
}

function reveal(name: string): void {
  for (const section of sections()) section.hidden = section.dataset["step"] !== name;
  document.body.dataset["at"] = name;
  const heading = document.querySelector<HTMLElement>(`[data-step="${name}"] [tabindex="-1"]`);
  heading?.focus({ preventScroll: true });
  scrollTo({ top: 0 });
  for (const act of listeners.get(name) ?? []) act();
}

/** Goes on to a step; the browser's *back* returns to the one before. */
export function go(name: string): void {
  history.pushState({ step: name }, "");
  reveal(name);
}

/** Goes to a step from which there is no way back (a result). */
export function replace(name: string): void {
  history.replaceState({ step: name }, "");
  reveal(name);
}

/** Shows the first step and listens to *back*. */
export function begin(first: string): void {
  history.replaceState({ step: first }, "");
  addEventListener("popstate", (event) => {
    const step = (event.state as { step?: string } | null)?.step ?? first;
    // A finished payment has no steps to return to.
    if (document.body.dataset["at"] === "result") location.assign("/");
    else reveal(step);
  });
  document.querySelector<HTMLAnchorElement>("[data-back]")?.addEventListener("click", (event) => {
    if (document.body.dataset["at"] === first || document.body.dataset["at"] === "result") return;
    event.preventDefault();
    history.back();
  });
  reveal(first);
}
