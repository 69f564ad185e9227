/** *Verify* on a receipt: this browser itself checks the ledger's proof, and one sentence says what was proven. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { h, icon, onPress } from "../kit/dom.ts";
import { moment, won } from "../kit/format.ts";
import type { WalletType } from "../kit/routes.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import type { Receipt } from "../ledger/receipt.ts";
import { fingerprint, pinnedGenesis } from "../pay/genesis.ts";
import { ProofError } from "../proof/error.ts";
import type { Pinned, Proven } from "../proof/verify.ts";
import { fact } from "./slip.ts";

/** What the service hands over to be checked. */
type Evidence = WalletType<"Proof">;

/** What came of the checks: the sentence, and whose signatures stand under it. */
type Found = Proven<{ says: string }>;

/** A block is provable once the next ones are signed: a second, or so. */
const TRIES = 15;
const PAUSE_MS = 700;

/** The button and the place of its answer. */
export function verifier(device: Device, tx: string, receipt: Receipt): HTMLElement {
  const button = h("button", { type: "button", class: "button button-soft", "data-testid": "receipt-verify" }, icon("shield"), t("verify-go"));
  const place = h("div", { class: "proof", role: "status", "data-testid": "receipt-proof" });
  onPress(
    button,
    async () => {
      place.replaceChildren(h("p", { class: "proof-wait" }, t("verify-working")));
      const begun = performance.now();
      const pinned = await pinnedGenesis(device);
      const found = await check(device, pinned, receipt, await evidence(tx));
      place.replaceChildren(proven(found, pinned, performance.now() - begun));
      button.hidden = true;
    },
    (error) => place.replaceChildren(failed(error)),
  );
  return h("div", { class: "verify no-print" }, button, place);
}

/** The proof, as soon as there is one. */
async function evidence(tx: string): Promise<Evidence> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await wallet.get("/v1/transactions/{id}/proof", { path: { id: tx } });
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "NOT_YET_PROVABLE" || tries >= TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Proven, but something else than the receipt says. */
class Differs extends Error {}

async function check(device: Device, pinned: Pinned, receipt: Receipt, given: Evidence): Promise<Found> {
  // Loaded on demand: most receipts are only read.
  const verify = await import("../proof/verify.ts");
  if (given.kind === "payment") {
    const payment = await verify.verifyPaymentProof(pinned, given.id, given.proof);
    const claim = receipt.effects.find((effect) => effect.effect === "paid" || effect.effect === "refunded");
    if (!claim) throw new Differs();
    const same = payment.payer === device.bid && payment.merchant === claim.merchant && payment.order === claim.order;
    const amount = claim.effect === "refunded" ? payment.refunded >= BigInt(claim.total) : payment.amount === BigInt(claim.amount);
    if (!same || !amount || claim.payment !== given.id) throw new Differs();
    const args = { amount: won(payment.amount), time: moment(payment.paidAt), number: payment.order };
    const says = payment.refunded > 0n ? t("verify-refunded", { ...args, count: won(payment.refunded) }) : t("verify-paid", args);
    return { ...payment, says };
  }
  if (given.kind === "deposit") {
    const deposit = await verify.verifyDepositProof(pinned, given.reference, given.proof);
    if (deposit.to !== device.bid || deposit.tx !== receipt.tx) throw new Differs();
    return { ...deposit, says: t("verify-charged", { amount: won(deposit.amount + deposit.bonus), time: moment(deposit.chargedAt) }) };
  }
  const account = await verify.verifyAccountProof(pinned, device.bid, given.proof);
  if (account.height < receipt.height) throw new Differs();
  return { ...account, says: t("verify-holds", { amount: won(account.balance), number: account.height }) };
}

function proven(found: Found, pinned: Pinned, tookMs: number): HTMLElement {
  const signed = t("verify-signed-by", { count: found.signers, number: found.validators });
  return h(
    "div",
    { class: "proof-card proof-good" },
    h("p", { class: "proof-line" }, icon("shield"), h("strong", { "data-testid": "receipt-proven" }, found.says)),
    h(
      "dl",
      { class: "facts" },
      fact(t("verify-signatures"), signed),
      fact(t("verify-as-of"), moment(found.signedAtMs)),
      fact(t("verify-genesis"), fingerprint(pinned), "mono"),
    ),
    h("p", { class: "proof-note" }, t("verify-here", { time: Math.max(1, Math.round(tookMs)) })),
  );
}

function failed(error: unknown): HTMLElement {
  const bad = error instanceof ProofError || error instanceof Differs;
  const why = bad ? t("verify-bad", { code: error instanceof ProofError ? error.code : "PROOF_DIFFERS" }) : told(error);
  return h("div", { class: bad ? "proof-card proof-bad" : "proof-card", role: "alert" }, h("p", { class: "proof-line" }, icon("alert"), h("span", { "data-testid": "receipt-unproven" }, why)));
}

function told(error: unknown): string {
  return error instanceof ApiError && error.code === "NOT_YET_PROVABLE" ? t("verify-not-yet") : sentence(error);
}
