/** What a transaction can ask for, in the order of the contract's numbers (its `call.rs` is the source). */

import { bytes, choice, flag, list, maybe, oneOf, struct, title, token, uint, type Shape } from "./shape.ts";

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
  ["cashback_bps", uint(16)],
  ["monthly_cashback_cap", amount],
  ["holding_cap", amount],
  ["person_cap", amount],
  ["reusable", flag],
  ["reuse_bps", uint(16)],
  ["cash_out_bps", uint(16)],
);

const campaignOpen = struct(["campaign", campaign], ["terms", terms]);
const campaignAmend = campaignOpen;
const campaignClose = struct(["campaign", campaign]);
const tokenIssue = struct(["campaign", campaign], ["amount", amount]);
const certificateIssue = struct(["owner", bid], ["public_key", hash], ["role", oneOf(...ROLES)], ["possession", bytes(64)]);
const certificateRevoke = struct(["certificate", certificate]);
const accountUnfreeze = struct(["member", bid]);
const accountRebind = struct(["member", bid], ["public_key", hash], ["possession", bytes(64)]);
const scoreRegister = struct(["name", code], ["version", uint(32)], ["code_hash", hash]);
const scoreActivate = struct(["name", code], ["version", uint(32)], ["at_height", uint(64)]);
const validatorsUpdate = struct(["validators", list(struct(["public_key", hash], ["address", maybe(token(64))]), 64)]);

/** What needs a quorum, in the order of its own numbers. */
const proposed = choice(
  "call",
  ["campaign_open", campaignOpen],
  ["token_issue", tokenIssue],
  ["campaign_amend", campaignAmend],
  ["campaign_close", campaignClose],
  ["account_unfreeze", accountUnfreeze],
  ["account_rebind", accountRebind],
  ["certificate_issue", certificateIssue],
  ["certificate_revoke", certificateRevoke],
  ["score_register", scoreRegister],
  ["score_activate", scoreActivate],
  ["validators_update", validatorsUpdate],
);

/** A payer's one-time authorisation. */
export const mandate: Shape = struct(
  ["chain", token(32)],
  ["certificate", certificate],
  ["number", uint(64)],
  ["cap", amount],
  ["expires_at", uint(64)],
  ["merchant", maybe(bid)],
  ["cashback", maybe(campaign)],
);

const call: Shape = choice(
  "call",
  ["member_register", struct(["bid", bid], ["class", choice("class", ["citizen"], ["merchant", merchantTerms])])],
  ["certificate_issue", certificateIssue],
  ["certificate_revoke", certificateRevoke],
  ["campaign_open", campaignOpen],
  ["token_issue", tokenIssue],
  ["token_charge", struct(["to", bid], ["amount", amount], ["deposit", token(35)], ["campaign", campaign])],
  ["token_grant", struct(["campaign", campaign], ["grant", hash], ["to", list(struct(["to", bid], ["amount", amount]), 100)])],
  ["token_transfer", struct(["to", bid], ["amount", amount], ["memo", hash])],
  ["token_pay", struct(["merchant", bid], ["order", token(25)], ["amount", amount], ["cashback", maybe(campaign)])],
  ["token_refund", struct(["payment", hash], ["amount", amount])],
  ["token_expire", struct(["owners", list(bid, 100)])],
  ["settlement_open", struct(["batch", batch], ["from_height", uint(64)], ["to_height", uint(64)])],
  ["settlement_redeem", struct(["batch", batch], ["payout", payout], ["merchant", bid], ["amount", amount])],
  ["settlement_confirm", struct(["payout", payout])],
  ["settlement_reject", struct(["payout", payout], ["reason", code])],
  ["settlement_close", struct(["batch", batch], ["control_sum", amount])],
  ["governance_propose", struct(["proposed", proposed])],
  ["governance_approve", struct(["proposal", hash])],
  ["certificate_renew", struct()],
  ["account_freeze", struct(["member", bid], ["reason", code])],
  ["account_unfreeze", accountUnfreeze],
  ["account_rebind", accountRebind],
  ["campaign_amend", campaignAmend],
  ["campaign_close", campaignClose],
  ["token_pay_mandate", struct(["mandate", mandate], ["signature", bytes(64)], ["order", token(25)], ["amount", amount])],
  ["token_cash_out", struct(["deposit", token(35)], ["payout", payout])],
  ["score_register", scoreRegister],
  ["score_activate", scoreActivate],
  ["validators_update", validatorsUpdate],
);

/** The calls that people's own devices sign. */
export type Call =
  | { call: "certificate_revoke"; certificate: string }
  | { call: "token_transfer"; to: string; amount: string; memo: string }
  | { call: "token_pay"; merchant: string; order: string; amount: string; cashback?: number }
  | { call: "token_refund"; payment: string; amount: string }
  | { call: "certificate_renew" }
  | { call: "account_freeze"; member: string; reason: string }
  | { call: "token_pay_mandate"; mandate: Mandate; signature: string; order: string; amount: string }
  | { call: "token_cash_out"; deposit: string; payout: string };

/** What an officer proposes at the counter. */
export type ProposedCall =
  | { call: "account_rebind"; member: string; public_key: string; possession: string }
  | { call: "account_unfreeze"; member: string };

/** The calls that officers' keys sign at the counter. */
export type OfficerCall = { call: "governance_propose"; proposed: ProposedCall } | { call: "governance_approve"; proposal: string };

/** What a payer signs so that a till can present it, once, while the payer is offline; in the contract's JSON form. */
export interface Mandate {
  chain: string;
  certificate: string;
  /** Random; tells two of one device apart. */
  number: number | bigint | string;
  /** Most that may be taken. */
  cap: string;
  /** Void from then on, ms; at most three minutes ahead. */
  expires_at: number | bigint;
  /** The only shop that may present it. */
  merchant?: string | null;
  /** The campaign whose cashback is asked for. */
  cashback?: number | null;
}

/** A transaction in the contract's JSON form. */
export interface Transaction {
  chain: string;
  signer: string;
  nonce: number | bigint | string;
  valid_until: number | bigint;
  call: Call | OfficerCall;
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
