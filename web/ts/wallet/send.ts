/** Send: to whom, how much, look, confirm. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, onPress, onSubmit } from "../kit/dom.ts";
import { amountEntry } from "../kit/keypad.ts";
import type { WalletType } from "../kit/routes.ts";
import { begin, go } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import { NO_MEMO } from "../ledger/call.ts";
import { balanceAfter, movedByCampaign } from "../ledger/receipt.ts";
import { campaignName, loadAccount } from "../pay/campaigns.ts";
import { confirm, connectConfirm, planLeft, planLines } from "../pay/confirm.ts";
import { signedIn } from "../pay/resume.ts";

const MAX_AMOUNT = 10_000_000n;

export async function send(): Promise<void> {
  const device = await signedIn();
  connectConfirm();
  void loadAccount().catch(() => undefined);
  let person: WalletType<"Person"> | undefined;
  const told = (id: string) => (error: unknown) => {
    el(id).textContent = error instanceof ApiError && [400, 404].includes(error.status) && error.own ? t("send-unknown") : sentence(error);
  };

  onSubmit(el("who-form"), async () => {
    const who = el<HTMLInputElement>("who").value.trim();
    el("who-error").textContent = who === "" ? t("send-unknown") : "";
    if (who === "") return;
    person = await wallet.get("/v1/people/lookup", { query: { q: who } });
    if (person.bid === device.bid) {
      el("who-error").textContent = t("send-self");
      return;
    }
    el("amount-to").textContent = t("confirm-send", { name: person.masked_name });
    amount.clear();
    go("amount");
  }, told("who-error"));

  const amount = amountEntry("amount", (value) => {
    el("amount-error").textContent = value > MAX_AMOUNT ? t("amount-large") : "";
    if (value > MAX_AMOUNT) el<HTMLButtonElement>("amount-next").disabled = true;
  });
  onPress(el("amount-next"), async () => {
    if (!person) return;
    const name = person.masked_name;
    await confirm(device, {
      kind: "send",
      amount: amount.value(),
      name,
      to: t("confirm-send", { name }),
      call: { call: "token_transfer", to: person.bid, amount: amount.value().toString(), memo: NO_MEMO },
      plan: (receipt) => [
        ...planLines(t("plan-title"), movedByCampaign(receipt, device.bid, false), campaignName),
        ...planLeft(t("plan-left"), balanceAfter(receipt, device.bid)),
      ],
    });
  }, told("amount-error"));
  begin("who");
}
