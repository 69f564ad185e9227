/** Home: what there is, what it is good for, what to do next. */

import { sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { broken, el, empty, h } from "../kit/dom.ts";
import { daysUntil, digits, fullDay, sameDay, won } from "../kit/format.ts";
import { listen } from "../kit/live.ts";
import type { WalletType } from "../kit/routes.ts";
import { known, lang, t } from "../kit/text.ts";
import { campaignName, loadAccount, NEVER, type Account } from "../pay/campaigns.ts";
import { isDue } from "./renew.ts";
import { entryRow, type History } from "./entries.ts";
import { signedIn } from "../pay/resume.ts";

/** As much of a lot as a row of what somebody holds tells. */
type Held = Pick<WalletType<"Lot">, "campaign" | "amount" | "expires_at" | "restricted" | "large_merchants" | "categories" | "regions">;

/** Entries on the first page: what fits without scrolling far. */
const RECENT = 5;
/** A voucher that ends within this many days says how many are left. */
const SOON_DAYS = 30;

export async function home(): Promise<void> {
  await signedIn(() => void refresh());
  await refresh();
  // What could not be loaded comes by itself once the line is back.
  addEventListener("online", () => void refresh());
  listen({ account: () => void refresh(), entry: () => void refresh() });
}

let refreshing = false;
let again = false;

/** Loads account and history; a call during a load asks for one more afterwards. */
async function refresh(): Promise<void> {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  try {
    const [account, history, me] = await Promise.all([
      loadAccount(),
      wallet.get("/v1/history", { query: { limit: RECENT } }),
      wallet.get("/v1/me"),
    ]);
    el("note-name").textContent = me.name;
    el("frozen").hidden = me.status !== "frozen";
    el("renewal").hidden = !isDue(me);
    if (me.certificate_ends_at !== undefined) el("renewal-text").textContent = t("renew-text", { date: fullDay(me.certificate_ends_at) });
    showBalance(account);
    showVouchers(account.lots);
    showRecent(history);
  } catch (error) {
    el("recent").replaceChildren(broken("recent", sentence(error), () => void refresh(), t("retry")));
    el("vouchers").querySelector("[data-skeleton]")?.remove();
    el("vouchers-block").hidden = true;
    el("balance").querySelector(".bone")?.replaceWith("—");
  } finally {
    refreshing = false;
    if (again) {
      again = false;
      void refresh();
    }
  }
}

function showBalance(account: Account): void {
  const balance = BigInt(account.balance);
  const number = h("span", {}, digits(balance));
  const sign = h("small", {}, lang === "ko" ? "원" : "₩");
  const place = el("balance");
  place.replaceChildren(...(lang === "ko" ? [number, sign] : [sign, number]));
  place.dataset["amount"] = account.balance;
  const vouchers = account.lots.filter((lot) => lot.campaign !== 0).reduce((sum, lot) => sum + BigInt(lot.amount), 0n);
  el("note-foot").textContent =
    balance === 0n ? t("balance-none") : vouchers > 0n ? t("balance-vouchers", { amount: won(vouchers) }) : " ";
}

function showVouchers(lots: Held[]): void {
  el("vouchers-block").hidden = false;
  const held = grouped(lots.filter((lot) => BigInt(lot.amount) > 0n));
  if (held.length === 0) {
    const link = h("a", { class: "link", href: "/charge", "data-testid": "vouchers-charge" }, t("vouchers-empty-action"));
    el("vouchers").replaceChildren(empty("vouchers", t("vouchers-empty"), link));
    return;
  }
  el("vouchers").replaceChildren(h("ul", { class: "vouchers" }, ...held.map(voucher)));
}

/** One row per campaign and last day; charged coin is one row, with its soonest last day. */
function grouped(lots: Held[]): Held[] {
  const rows = new Map<string, Held>();
  for (const lot of lots) {
    const day = lot.expires_at === NEVER ? "never" : sameDay(lot.expires_at);
    const key = lot.campaign === 0 ? "0" : `${lot.campaign}:${day}`;
    const row = rows.get(key);
    if (row) row.amount = (BigInt(row.amount) + BigInt(lot.amount)).toString();
    else rows.set(key, { ...lot });
  }
  return [...rows.values()];
}

/** One row of what somebody holds. */
export function voucher(lot: Held): HTMLElement {
  return h(
    "li",
    { class: "voucher", "data-testid": "voucher", "data-campaign": String(lot.campaign) },
    h("span", { class: "voucher-name" }, campaignName(lot.campaign)),
    h("span", { class: "voucher-amount", "data-testid": "voucher-amount" }, won(lot.amount)),
    h("span", { class: "voucher-where" }, goodFor(lot)),
    h("span", { class: "voucher-until" }, ...lasts(lot)),
  );
}

/** Where it can be spent: the kinds of shop by name where we have the names. */
function goodFor(lot: Held): string {
  const kinds = lot.categories.map((code) => known(`mcc-${code}`, ""));
  if (kinds.length > 0 && kinds.every((kind) => kind !== "")) return t("voucher-kinds", { name: [...new Set(kinds)].join(" · ") });
  if (!lot.restricted) return t("voucher-anywhere");
  if (kinds.length > 0) return t("voucher-restricted");
  if (!lot.large_merchants) return t("voucher-small");
  return t(lot.regions.length > 0 ? "voucher-region" : "voucher-restricted");
}

function lasts(lot: Held): (HTMLElement | string)[] {
  const ends = lot.expires_at;
  if (ends === NEVER) return [];
  const days = daysUntil(ends);
  if (days > SOON_DAYS) return [t("voucher-until", { date: fullDay(ends) })];
  return [h("b", {}, days === 0 ? t("voucher-last") : t("voucher-soon", { count: days }))];
}

function showRecent(history: History): void {
  const rows = history.entries.slice(0, RECENT).map(entryRow);
  el("recent").replaceChildren(rows.length > 0 ? h("div", { class: "entries" }, ...rows) : empty("recent", t("recent-empty")));
}
