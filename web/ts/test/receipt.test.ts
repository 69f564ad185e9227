/** What people see of a receipt with cashback and cash-out, and how much a refusal says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cashbackOf, movedByCampaign, takenBack, total, type Effect, type Receipt } from "../ledger/receipt.ts";

const MINA = "14".repeat(16);
const SHOP = "1e".repeat(16);

function receipt(...effects: Effect[]): Receipt {
  return { tx: "00", signer: "00", height: 1, index: 0, time_ms: 0, outcome: { outcome: "applied" }, effects };
}

const lot = (campaign: number, amount: string) => ({ id: campaign, campaign, amount, expires_at: 0 });

test("cashback is told apart from what others got", () => {
  const paid = receipt(
    { effect: "paid", payment: "00", payer: MINA, merchant: SHOP, order: "1", amount: "12000" },
    { effect: "lot_changed", owner: MINA, lot: lot(0, "0"), amount: "12000", added: false },
    { effect: "cashback_paid", payment: "00", campaign: 1, to: MINA, amount: "450" },
    { effect: "lot_changed", owner: MINA, lot: lot(1, "450"), amount: "450", added: true },
  );
  assert.deepEqual([...cashbackOf(paid, MINA)], [[1, 450n]]);
  assert.equal(cashbackOf(paid, SHOP).size, 0);
  assert.equal(takenBack(paid, MINA), undefined);
});

test("a refund names what it took back and what it kept of the coin", () => {
  const back = receipt(
    { effect: "refunded", payment: "00", payer: MINA, merchant: SHOP, order: "1", amount: "6000", total: "6000" },
    { effect: "lot_changed", owner: MINA, lot: lot(0, "6000"), amount: "6000", added: true },
    { effect: "cashback_taken_back", payment: "00", campaign: 1, from: MINA, amount: "300", withheld: "100" },
    { effect: "lot_changed", owner: MINA, lot: lot(1, "0"), amount: "200", added: false },
    { effect: "lot_changed", owner: MINA, lot: lot(0, "5900"), amount: "100", added: false },
  );
  assert.deepEqual(takenBack(back, MINA), { campaign: 1, amount: 300n, withheld: 100n });
  assert.equal(takenBack(back, SHOP), undefined);
  // What moved in all is the refund less what was taken back.
  assert.equal(total(movedByCampaign(back, MINA, true)) - total(movedByCampaign(back, MINA, false)), 5700n);
});
