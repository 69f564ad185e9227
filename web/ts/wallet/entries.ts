/** Rows of the history. */

import { h, icon } from "../kit/dom.ts";
import { shortTime, signed } from "../kit/format.ts";
import type { WalletType } from "../kit/routes.ts";
import { known, t } from "../kit/text.ts";

export type Entry = WalletType<"Entry">;
export type History = WalletType<"History">;

const ICONS: Record<string, string> = {
  charge: "plus",
  bonus: "star",
  grant: "star",
  transfer_in: "plus",
  transfer_out: "send",
  pay: "pay",
  refund: "back-coin",
  cashback: "star",
  cashback_back: "back-coin",
  cash_out: "send",
  cash_out_paid: "send",
  cash_out_returned: "back-coin",
  expire: "clock",
};

export const kindName = (kind: string) => known(`kind-${kind}`, t("kind-other"));

/** One entry, linking to its receipt. */
export function entryRow(entry: Entry): HTMLElement {
  const incoming = BigInt(entry.amount) > 0n;
  return h(
    "a",
    { class: "entry", href: `/receipt/${entry.tx}`, "data-testid": "entry", "data-kind": entry.kind, "data-tx": entry.tx },
    h("span", { class: `entry-mark${incoming ? " entry-in" : ""}` }, icon(ICONS[entry.kind] ?? "list")),
    h(
      "span",
      { class: "entry-what" },
      h("span", { class: "entry-name" }, entry.counterparty_name || kindName(entry.kind)),
      h("span", { class: "entry-more" }, entry.counterparty_name ? `${kindName(entry.kind)} · ${shortTime(entry.at)}` : shortTime(entry.at)),
    ),
    h("span", { class: `entry-amount${incoming ? " entry-in" : ""}`, "data-testid": "entry-amount" }, signed(entry.amount)),
  );
}
