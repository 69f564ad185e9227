/** History: everything that came and went, by day; the rest comes as one scrolls. */

import { sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { broken, el, empty, h, onPress, onSubmit, toast } from "../kit/dom.ts";
import { day, sameDay } from "../kit/format.ts";
import { t } from "../kit/text.ts";
import { entryRow, type Entry } from "./entries.ts";
import { signedIn } from "../pay/resume.ts";

const PAGE = 30;
/** Pause after a key before it is searched, ms. */
const TYPING = 300;

/** What is on the screen: the entries for one search. */
interface Shown {
  search: string;
  groups: Map<string, HTMLElement>;
  count: number;
  next: string | null;
}

export async function history(): Promise<void> {
  await signedIn();
  const field = el<HTMLInputElement>("search-for");
  const more = el("more");
  let shown: Shown = fresh("");

  /** Adds the next page; an answer that comes when something else is searched by now is dropped. */
  async function load(): Promise<void> {
    const into = shown;
    const page = await wallet.get("/v1/history", { query: query(into) });
    if (into !== shown) return;
    if (into.count === 0) el("history").replaceChildren();
    for (const entry of page.entries) add(into.groups, entry);
    into.count += page.entries.length;
    into.next = page.next ?? null;
    if (into.count === 0) el("history").append(nothing(into.search, () => void search("")));
    if (into.search) el("found").textContent = t("history-found", { count: into.next === null ? into.count : `${into.count}+` });
    more.hidden = into.next === null;
  }

  async function first(): Promise<void> {
    const asked = shown;
    try {
      await load();
    } catch (error) {
      if (asked === shown) el("history").replaceChildren(broken("history", sentence(error), () => void first(), t("retry")));
    }
  }

  async function search(text: string): Promise<void> {
    clearTimeout(typing);
    field.value = text;
    if (text.trim() === shown.search) return;
    shown = fresh(text.trim());
    el("found").textContent = "";
    more.hidden = true;
    await first();
  }

  let typing: ReturnType<typeof setTimeout> | undefined;
  field.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => void search(field.value), TYPING);
  });
  onSubmit(el("search"), () => search(field.value), (error) => toast(sentence(error)));
  onPress(more, load, (error) => toast(sentence(error)));
  await first();
  // The button stays for those who do not scroll; whoever comes near it need not press it.
  new IntersectionObserver((seen) => {
    if (seen.some((one) => one.isIntersecting)) more.click();
  }, { rootMargin: "400px" }).observe(more);
}

const fresh = (search: string): Shown => ({ search, groups: new Map(), count: 0, next: null });

const query = ({ search, next }: Shown) => ({ limit: PAGE, ...(search ? { q: search } : {}), ...(next === null ? {} : { before: next }) });

function nothing(search: string, all: () => void): HTMLElement {
  if (!search) return empty("history", t("history-empty"), h("p", {}, t("history-empty-text")));
  const button = h("button", { type: "button", class: "button button-soft", "data-testid": "history-all" }, t("history-all"));
  onPress(button, all, () => undefined);
  return empty("history", t("history-none", { name: search }), h("p", {}, t("history-none-text")), button);
}

function add(groups: Map<string, HTMLElement>, entry: Entry): void {
  const { at } = entry;
  let group = groups.get(sameDay(at));
  if (!group) {
    group = h("div", { class: "entries" });
    groups.set(sameDay(at), group);
    el("history").append(h("section", { class: "block", "data-testid": "day" }, h("h2", {}, day(at)), group));
  }
  group.append(entryRow(entry));
}
