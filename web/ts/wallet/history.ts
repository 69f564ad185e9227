/** History: everything that came and went, by day. */

import { get, sentence } from "../kit/api.ts";
import { broken, el, empty, h, onPress, toast } from "../kit/dom.ts";
import { day, millis, sameDay } from "../kit/format.ts";
import { t } from "../kit/text.ts";
import { entryRow, type Entry, type History } from "./entries.ts";
import { signedIn } from "../pay/resume.ts";

const PAGE = 30;

export async function history(): Promise<void> {
  await signedIn();
  const groups = new Map<string, HTMLElement>();
  let next: string | number | null = null;

  async function load(): Promise<void> {
    const before = next === null ? "" : `&before=${encodeURIComponent(next)}`;
    const page: History = await get<History>(`/v1/history?limit=${PAGE}${before}`);
    if (groups.size === 0) el("history").replaceChildren();
    for (const entry of page.entries) add(groups, entry);
    if (groups.size === 0) {
      el("history").replaceChildren(empty("history", t("history-empty"), h("p", {}, t("history-empty-text"))));
    }
    next = page.next;
    el("more").hidden = next === null || next === undefined || page.entries.length === 0;
  }

  async function first(): Promise<void> {
    try {
      await load();
    } catch (error) {
      el("history").replaceChildren(broken("history", sentence(error), () => void first(), t("retry")));
    }
  }

  onPress(el("more"), load, (error) => toast(sentence(error)));
  await first();
}

function add(groups: Map<string, HTMLElement>, entry: Entry): void {
  const at = millis(entry.at);
  let group = groups.get(sameDay(at));
  if (!group) {
    group = h("div", { class: "entries" });
    groups.set(sameDay(at), group);
    el("history").append(h("section", { class: "block", "data-testid": "day" }, h("h2", {}, day(at)), group));
  }
  group.append(entryRow(entry));
}
