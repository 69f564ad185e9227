/** What a transaction can ask for, in the order of the contract's numbers (its `call.rs` is the source). */

import { bytes, choice, flag, list, oneOf, struct, title, token, uint, type Shape } from "./shape.ts";

const amount = uint(64);
const bid = bytes(16);
const certificate = bytes(16);
const hash = bytes(32);
const campaign = uint(32);
const code = token(8);
const batch = token(35);
const payout = token(35);

/** Roles of devices, in the order of their numbers. */
export const ROLES = ["holder", "staff", "officer", "terminal"] as const;
export type Role = (typeof ROLES)[number];

const merchantTerms = struct(["category", code], ["region", code], ["large", flag]);

const terms = struct(
  ["name", title],
  ["funder", bid],
  ["ceiling", amount],
  ["charge_bonus_bps", uint(16)],
  ["monthly_charge_cap", amount],
  ["validity_ms", uint(64)],
  ["categories", list(code, 64)],
  ["regions", list(code, 64)],
  ["merchants", list(bid, 64)],
  ["large_merchants", flag],
  ["transferable", flag],
  ["starts_at", uint(64)],
  ["ends_at", uint(64)],
);

const campaignOpen = struct(["campaign", campaign], ["terms", terms]);
const tokenIssue = struct(["campaign", campaign], ["amount", amount]);

const call: Shape = choice(
  "call",
  ["member_register", struct(["bid", bid], ["class", choice("class", ["citizen"], ["merchant", merchantTerms])])],
  ["certificate_issue", struct(["owner", bid], ["public_key", hash], ["role", oneOf(...ROLES)], ["possession", bytes(64)])],
  ["certificate_revoke", struct(["certificate", certificate])],
  ["campaign_open", campaignOpen],
  ["token_issue", tokenIssue],
  ["token_charge", struct(["to", bid], ["amount", amount], ["deposit", token(35)], ["campaign", campaign])],
  ["token_grant", struct(["campaign", campaign], ["grant", hash], ["to", list(struct(["to", bid], ["amount", amount]), 100)])],
  ["token_transfer", struct(["to", bid], ["amount", amount], ["memo", hash])],
  ["token_pay", struct(["merchant", bid], ["order", token(25)], ["amount", amount])],
  ["token_refund", struct(["payment", hash], ["amount", amount])],
  ["token_expire", struct(["owners", list(bid, 100)])],
  ["settlement_open", struct(["batch", batch], ["from_height", uint(64)], ["to_height", uint(64)])],
  ["settlement_redeem", struct(["batch", batch], ["payout", payout], ["merchant", bid], ["amount", amount])],
  ["settlement_confirm", struct(["payout", payout])],
  ["settlement_reject", struct(["payout", payout], ["reason", code])],
  ["settlement_close", struct(["batch", batch], ["control_sum", amount])],
  ["governance_propose", struct(["proposed", choice("call", ["campaign_open", campaignOpen], ["token_issue", tokenIssue])])],
  ["governance_approve", struct(["proposal", hash])],
);

/** The calls that people's own devices sign. */
export type Call =
  | { call: "certificate_revoke"; certificate: string }
  | { call: "token_transfer"; to: string; amount: string; memo: string }
  | { call: "token_pay"; merchant: string; order: string; amount: string }
  | { call: "token_refund"; payment: string; amount: string };

/** A transaction in the contract's JSON form. */
export interface Transaction {
  chain: string;
  signer: string;
  nonce: number | bigint | string;
  valid_until: number | bigint;
  call: Call;
}

/** The memo that means *no message*. */
export const NO_MEMO = "0".repeat(64);

export const transaction: Shape = struct(
  ["chain", token(32)],
  ["signer", certificate],
  ["nonce", uint(64)],
  ["valid_until", uint(64)],
  ["call", call],
);
