/** Names of campaigns, as this person's account tells them. */

import { get } from "../kit/api.ts";
import { lang, t } from "../kit/text.ts";

export interface AccountLot {
  campaign: number;
  name?: string;
  name_ko?: string;
  name_en?: string;
  amount: string;
  /** Block time, ms; null for never. */
  expires_at: number | string | null;
  restricted?: boolean;
  /** Merchant categories where it can be spent; empty or absent for all. */
  categories?: string[];
  regions?: string[];
  /** May be spent at shops over the yearly sales limit. */
  large_merchants?: boolean;
}

export interface Account {
  balance: string;
  lots: AccountLot[];
  height: number | string;
}

/** Public names of campaigns that this browser has met: a receipt may be about one whose coin is all spent. */
const NAMES = "dure_campaigns";
const names = stored();

function stored(): Map<number, string> {
  try {
    const known: unknown = JSON.parse(localStorage.getItem(`${NAMES}_${lang}`) ?? "[]");
    return new Map(known as [number, string][]);
  } catch {
    // Closed to us or not ours: names are met again.
    return new Map();
  }
}

/** Remembers the campaigns' names in this page's language. */
export function rememberNames(campaigns: { id: number; name: string | undefined }[]): void {
  for (const { id, name } of campaigns) if (name) names.set(id, name);
  try {
    localStorage.setItem(`${NAMES}_${lang}`, JSON.stringify([...names]));
  } catch {
    // Without storage they are known on this page only.
  }
}

/** The account, as the ledger's follower knows it. Remembers the names of its campaigns. */
export async function loadAccount(): Promise<Account> {
  const account = await get<Account>("/v1/account");
  const ownName = (lot: AccountLot) => (lang === "ko" ? lot.name_ko : lot.name_en) ?? lot.name;
  rememberNames(account.lots.map((lot) => ({ id: Number(lot.campaign), name: ownName(lot) })));
  return account;
}

export function campaignName(campaign: number): string {
  if (campaign === 0) return t("voucher-coin");
  return names.get(campaign) ?? t("voucher-campaign", { number: campaign });
}
