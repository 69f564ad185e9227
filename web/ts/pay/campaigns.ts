/** Names of campaigns, as this person's account tells them. */

import { wallet } from "../kit/client.ts";
import type { WalletType } from "../kit/routes.ts";
import { lang, t } from "../kit/text.ts";

export type Account = WalletType<"Account">;

/** The end of a lot that has none: the ledger's latest time, beyond every date. */
export const NEVER = Number.MAX_SAFE_INTEGER;

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
export function rememberNames(campaigns: { id: number; name: string }[]): void {
  for (const { id, name } of campaigns) if (name) names.set(id, name);
  try {
    localStorage.setItem(`${NAMES}_${lang}`, JSON.stringify([...names]));
  } catch {
    // Without storage they are known on this page only.
  }
}

/** The account, as the ledger's follower knows it. Remembers the names of its campaigns. */
export async function loadAccount(): Promise<Account> {
  const account = await wallet.get("/v1/account");
  rememberNames(account.lots.map(({ campaign, name }) => ({ id: campaign, name })));
  return account;
}

export function campaignName(campaign: number): string {
  if (campaign === 0) return t("voucher-coin");
  return names.get(campaign) ?? t("voucher-campaign", { number: campaign });
}
