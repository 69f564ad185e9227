/** Pay: scan or paste, type the amount only where the code has none, look, confirm. */

import { QrError, decode } from "../emvco.ts";
import { ApiError, sentence, serverNow } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, onPress, onSubmit } from "../kit/dom.ts";
import { sameDay } from "../kit/format.ts";
import { amountEntry } from "../kit/keypad.ts";
import { lens } from "../kit/lens.ts";
import type { WalletType } from "../kit/routes.ts";
import { begin, go, onStep } from "../kit/steps.ts";
import { known, lang, t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { random } from "../ledger/bytes.ts";
import { balanceAfter, cashbackOf, movedByCampaign } from "../ledger/receipt.ts";
import { campaignName, loadAccount } from "../pay/campaigns.ts";
import { confirm, connectConfirm, planLeft, planLines } from "../pay/confirm.ts";
import { signedIn } from "../pay/resume.ts";

/** The ledger's largest amount fits; a phone payment above this is a slip of the finger. */
const MAX_AMOUNT = 10_000_000n;

type Merchant = WalletType<"Merchant">;

const shopName = (shop: Merchant) => (lang === "ko" ? shop.name_ko : shop.name_en);

export async function pay(): Promise<void> {
  const device = await signedIn();
  connectConfirm();
  // Names of vouchers for the plan; without them their numbers are shown.
  void loadAccount().catch(() => undefined);
  let shop: Merchant | undefined;

  const told = (error: unknown) => {
    el("scan-error").textContent = explain(error);
  };
  async function take(text: string): Promise<void> {
    el("scan-error").textContent = "";
    const code = decode(text);
    shop = await wallet.get("/v1/merchants/by-code/{code}", { path: { code: code.merchant } });
    camera.close();
    if (code.amount !== null) return review(device, shop, BigInt(code.amount), code.order ?? staticOrder());
    amount.clear();
    el("amount-to").textContent = t("confirm-pay", { name: shopName(shop) });
    go("amount");
  }

  const amount = amountEntry("amount", (value) => {
    el("amount-error").textContent = value > MAX_AMOUNT ? t("amount-large") : "";
    if (value > MAX_AMOUNT) el<HTMLButtonElement>("amount-next").disabled = true;
  });
  const camera = lens(take, told);
  onSubmit(el("paste-form"), async () => {
    const text = el<HTMLInputElement>("paste").value.trim();
    el("scan-error").textContent = text === "" ? t("scan-paste-empty") : "";
    if (text !== "") await take(text);
  }, told);
  onPress(el("amount-next"), () => shop && review(device, shop, amount.value(), staticOrder()), told);
  onStep("amount", camera.close);
  onStep("confirm", camera.close);
  begin("scan");
  const linked = linkedCode();
  if (linked) await take(linked).catch(told);
  else await camera.openIfAllowed();
}

/** The code of a link such as `/pay?code=…`, which the phone's own camera has opened; once: not again after a reload. */
function linkedCode(): string | null {
  const code = new URLSearchParams(location.search).get("code");
  if (code !== null) history.replaceState(history.state, "", location.pathname);
  return code;
}

function review(device: Device, shop: Merchant, amount: bigint, order: string): Promise<void> {
  const name = shopName(shop);
  return confirm(device, {
    kind: "pay",
    amount,
    name,
    to: t("confirm-pay", { name }),
    call: { call: "token_pay", merchant: shop.bid, order, amount: amount.toString() },
    plan: (receipt) => [
      ...planLines(t("plan-title"), movedByCampaign(receipt, device.bid, false), campaignName),
      ...planLines(t("plan-cashback"), cashbackOf(receipt, device.bid), campaignName),
      ...planLeft(t("plan-left"), balanceAfter(receipt, device.bid)),
    ],
  });
}

/** The payer's own order number, for a code without one: `S-` day `-` eight random letters (Crockford base 32). */
export function staticOrder(): string {
  const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const day = sameDay(serverNow()).replaceAll("-", "").slice(2);
  return `S-${day}-${Array.from(random(8), (byte) => letters[byte % 32]).join("")}`;
}

function explain(error: unknown): string {
  if (error instanceof QrError) return known(`qr-${error.code}`, t("qr-QR_FOREIGN"));
  if (error instanceof ApiError && error.status === 404 && error.own) return t("pay-unknown-shop");
  return sentence(error);
}

