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

const names = new Map<number, string>();

/** The account, as the ledger's follower knows it. Remembers the names of its campaigns. */
export async function loadAccount(): Promise<Account> {
  const account = await get<Account>("/v1/account");
  for (const lot of account.lots) {
    const name = (lang === "ko" ? lot.name_ko : lot.name_en) ?? lot.name;
    if (name) names.set(Number(lot.campaign), name);
  }
  return account;
}

export function campaignName(campaign: number): string {
  if (campaign === 0) return t("voucher-coin");
  return names.get(campaign) ?? t("voucher-campaign", { number: campaign });
}
