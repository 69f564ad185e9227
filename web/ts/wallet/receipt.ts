/** One transaction, told from the ledger's own receipt. */

import { refusalSentence, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { broken, el, h, type Child } from "../kit/dom.ts";
import { moment, won } from "../kit/format.ts";
import { lang, t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { balanceAfter, movedByCampaign, receiptIn, refusalOf, total, type Effect, type Receipt } from "../ledger/receipt.ts";
import { loadAccount } from "../pay/campaigns.ts";
import { handout } from "./handout.ts";
import { fact, parts } from "./slip.ts";
import { verifier } from "./verify.ts";
import { kindName, type Entry, type History } from "./entries.ts";
import { signedIn } from "../pay/resume.ts";

/** Entries looked through for the counterparty's name. */
const LOOK_BACK = 100;

export async function receipt(): Promise<void> {
  const device = await signedIn();
  await load(device, location.pathname.split("/").at(-1) ?? "");
}

async function load(device: Device, tx: string): Promise<void> {
  const place = el("receipt");
  try {
    const answer = await wallet.get("/v1/transactions/{id}", { path: { id: tx } });
    const [history] = await Promise.all([
      wallet.get("/v1/history", { query: { limit: LOOK_BACK } }).catch((): History => ({ entries: [], next: null })),
      loadAccount().catch(() => undefined),
    ]);
    const entries = history.entries.filter((entry) => entry.tx === tx);
    if (!answer.receipt) {
      place.replaceChildren(h("p", { class: "empty-title" }, t(answer.status === "pending" ? "receipt-pending" : "receipt-none")));
      return;
    }
    place.replaceChildren(...(await slip(device, tx, receiptIn(answer.receipt), entries)));
  } catch (error) {
    place.replaceChildren(broken("receipt", sentence(error), () => void load(device, tx), t("retry")));
  }
}

async function slip(device: Device, tx: string, receipt: Receipt, entries: Entry[]): Promise<Child[] & Node[]> {
  const refusal = refusalOf(receipt);
  const story = tell(device, receipt);
  // A deposit has two entries, its charge and the bonus: the receipt is about the whole.
  const entry = entries.find(({ kind }) => kind === story.kind) ?? entries[0];
  const name = entry?.counterparty_name ?? (story.merchant ? await shopName(story.merchant) : "");
  const balance = balanceAfter(receipt, device.bid);
  return [
    h("p", { class: `stamp ${refusal ? "stamp-bad" : "stamp-good"}`, "data-testid": "receipt-state" }, t(refusal ? "receipt-refused" : "receipt-done")),
    h("p", { class: "slip-kind" }, kindName(entry?.kind ?? story.kind)),
    h("p", { class: "huge", "data-testid": "receipt-amount" }, story.amount === undefined ? "—" : won(story.amount)),
    ...(name ? [h("p", { class: "slip-name", "data-testid": "receipt-name" }, name)] : []),
    ...(refusal ? [h("p", { class: "notice notice-bad" }, refusalSentence(refusal))] : []),
    ...parts(device, receipt, story.kind).flatMap(({ title, rows }) => [h("h2", {}, title), h("dl", { class: "facts" }, ...rows)]),
    h(
      "dl",
      { class: "facts facts-end" },
      ...(balance === undefined ? [] : [fact(t("receipt-balance"), won(balance))]),
      ...(story.order ? [fact(t("order"), story.order)] : []),
      fact(t("receipt-time"), moment(receipt.time_ms)),
      fact(t("receipt-block"), t("receipt-block-at", { number: receipt.height })),
      fact(t("receipt-tx"), tx, "mono"),
    ),
    ...(refusal ? [] : [verifier(device, tx, receipt)]),
    ...(refusal ? [] : [handout(spoken(story, name, receipt, tx))]),
  ] as Node[] & Child[];
}

/** The receipt in a few lines: what, how much, with whom, when, and by which name anybody finds it on the ledger. */
function spoken(story: Story, name: string, receipt: Receipt, tx: string): string[] {
  return [
    `${kindName(story.kind)}${name ? ` · ${name}` : ""}`,
    ...(story.amount === undefined ? [] : [won(story.amount)]),
    ...(story.order ? [`${t("order")} ${story.order}`] : []),
    `${moment(receipt.time_ms)} · ${t("receipt-block-at", { number: receipt.height })}`,
    `${t("receipt-tx")} ${tx}`,
  ];
}

interface Story {
  kind: string;
  amount?: string;
  order?: string;
  merchant?: string;
}

/** What the receipt means to this person. */
function tell(device: Device, receipt: Receipt): Story {
  for (const effect of receipt.effects as Effect[]) {
    switch (effect.effect) {
      case "paid":
        return { kind: "pay", amount: effect.amount, order: effect.order, merchant: effect.merchant };
      case "refunded":
        return { kind: "refund", amount: effect.amount, order: effect.order, merchant: effect.merchant };
      case "transferred":
        return { kind: effect.from === device.bid ? "transfer_out" : "transfer_in", amount: effect.amount };
      case "charged":
        return { kind: "charge", amount: (BigInt(effect.amount) + BigInt(effect.bonus)).toString() };
      case "granted":
        if (effect.to === device.bid) return { kind: "grant", amount: effect.amount };
        break;
      case "expired":
        if (effect.owner === device.bid) return { kind: "expire", amount: effect.lot.amount };
        break;
      case "cash_out_opened":
        return { kind: "cash_out", amount: (BigInt(effect.won) + BigInt(effect.subsidy)).toString() };
      case "cash_out_confirmed":
        return { kind: "cash_out_paid", amount: effect.won };
      case "cash_out_rejected":
        return { kind: "cash_out_returned", amount: total(movedByCampaign(receipt, device.bid, true)).toString() };
      default:
    }
  }
  return { kind: "other" };
}

async function shopName(bid: string): Promise<string> {
  const shop = await wallet.get("/v1/merchants/{bid}", { path: { bid } }).catch(() => undefined);
  return shop ? (lang === "ko" ? shop.name_ko : shop.name_en) : "";
}
