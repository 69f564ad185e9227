/** The last look before money moves: a dry run shows what will happen; then the PIN; then the result. */

import { ApiError, refusalSentence, sentence } from "../kit/api.ts";
import { allowSound } from "../kit/chime.ts";
import { service } from "../kit/client.ts";
import { el, h, onPress } from "../kit/dom.ts";
import { won } from "../kit/format.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { unlockKey } from "../kit/session.ts";
import { go, replace } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import type { Device } from "../keys/device.ts";
import { toBase64 } from "../ledger/bytes.ts";
import type { Call } from "../ledger/call.ts";
import { receiptIn, refusalOf, type Receipt } from "../ledger/receipt.ts";
import { draft, prepare, type PendingKind } from "./pending.ts";
import { showFate } from "./result.ts";

export interface Proposal {
  kind: PendingKind;
  call: Call;
  amount: bigint;
  /** Shop, person or order. */
  name: string;
  /** The line above the amount. */
  to: string;
  /** What the dry run says, for people. */
  plan: (receipt: Receipt) => HTMLElement[];
}

/** What the page shows now; an answer about anything else comes too late. Without a dry run, the button makes it again. */
let current: { device: Device; proposal: Proposal; again: boolean } | undefined;

/** Connects the confirm step of a page. */
export function connectConfirm(): void {
  onPress(el("confirm-go"), () => {
    allowSound();
    return current && (current.again ? look : act)(current.device, current.proposal);
  }, fault);
}

/** Shows the confirm step for a proposal, with its dry run. */
export async function confirm(device: Device, proposal: Proposal): Promise<void> {
  el("confirm-to").textContent = proposal.to;
  el("confirm-amount").textContent = won(proposal.amount);
  const looked = look(device, proposal);
  go("confirm");
  await looked;
}

/** The dry run. */
async function look(device: Device, proposal: Proposal): Promise<void> {
  current = { device, proposal, again: false };
  const button = el<HTMLButtonElement>("confirm-go");
  button.textContent = t(`confirm-go-${proposal.kind}`, { amount: won(proposal.amount) });
  button.disabled = true;
  offerCharge(false);
  fault(undefined);
  el("confirm-plan").replaceChildren(
    h("p", { class: "plan-wait" }, t("plan-checking")),
    h("span", { class: "bone bone-line", "aria-hidden": "true" }),
    h("span", { class: "bone bone-short", "aria-hidden": "true" }),
  );
  try {
    const { body } = await draft(device, proposal.call);
    if (current?.proposal !== proposal) return;
    const receipt = receiptIn(await service.post("/v1/preview", { body: { body: toBase64(body) } }));
    if (current?.proposal !== proposal) return;
    const refusal = refusalOf(receipt);
    el("confirm-plan").replaceChildren(...(refusal ? [] : proposal.plan(receipt)));
    if (refusal) notice(refusalSentence(refusal));
    offerCharge(refusal !== undefined && CHARGE_HELPS.includes(refusal.refusal));
    button.disabled = refusal !== undefined;
  } catch (error) {
    if (current?.proposal !== proposal) return;
    el("confirm-plan").replaceChildren();
    fault(error);
    // Without the dry run one may still pay: the ledger itself refuses what cannot be. Without a service one may not.
    const refused = error instanceof ApiError && error.problem["refusal"] !== undefined;
    current.again = !(error instanceof ApiError) || error.status < 500;
    if (current.again && !refused) button.textContent = t("retry");
    button.disabled = refused;
  }
}

async function act(device: Device, proposal: Proposal): Promise<void> {
  fault(undefined);
  const detail = `${proposal.to} · ${won(proposal.amount)}`;
  const small = proposal.kind === "pay" || proposal.kind === "send" ? proposal.amount : undefined;
  const key = await unlockKey(device, detail, small);
  if (current?.proposal !== proposal) return;
  const about = { kind: proposal.kind, amount: proposal.amount.toString(), name: proposal.name };
  const pending = await prepare(device, key, proposal.call, about);
  replace("result");
  await showFate(device, pending);
}

/** Refusals that a charge would lift. */
const CHARGE_HELPS = ["insufficient_funds", "not_eligible_here", "not_transferable"];

/** Shows the way to the charge page; the till has none. */
function offerCharge(helps: boolean): void {
  const link = document.getElementById("confirm-charge");
  if (link) link.hidden = !helps;
}

function notice(text: string): void {
  const place = el("confirm-error");
  place.textContent = text;
  place.hidden = text === "";
}

/** What went wrong before anything was sent. */
function fault(error: unknown): void {
  notice(error === undefined || error instanceof PinCancelled ? "" : `${sentence(error)} ${t("result-safe")}`);
}

/** Lines of what is taken or returned, by campaign. */
export function planLines(title: string, moved: Map<number, bigint>, nameOf: (campaign: number) => string): HTMLElement[] {
  const rows = [...moved].map(([campaign, amount]) =>
    h("div", { class: "plan-row", "data-testid": "plan-row" }, h("dt", {}, nameOf(campaign)), h("dd", {}, won(amount))),
  );
  return rows.length > 0 ? [h("p", { class: "plan-title" }, title), h("dl", { class: "plan-rows" }, ...rows)] : [];
}

/** The line below: what is left. */
export function planLeft(title: string, amount: bigint | undefined): HTMLElement[] {
  if (amount === undefined) return [];
  return [h("dl", { class: "plan-rows plan-left" }, h("div", { class: "plan-row", "data-testid": "plan-left" }, h("dt", {}, title), h("dd", {}, won(amount))))];
}
