/** Enrolment: a code by mail, a PIN twice, a key made here, a certificate on the ledger. The same for both apps. */

import { ApiError, sentence } from "../kit/api.ts";
import { service } from "../kit/client.ts";
import { el, h, onPress, onSubmit, toast } from "../kit/dom.ts";
import { PinCancelled } from "../kit/pinsheet.ts";
import { begin, go, replace } from "../kit/steps.ts";
import type { WalletType } from "../kit/routes.ts";
import type { EnrolAgain } from "../kit/session.ts";
import { known, t } from "../kit/text.ts";
import { loadDevice, sign, type FreshKey } from "../keys/device.ts";
import { deviceTag } from "../keys/pin.ts";
import { toHex } from "../ledger/bytes.ts";
import type { Role } from "../ledger/call.ts";
import { genesis } from "../pay/genesis.ts";
import { enterDevice } from "./enter.ts";
import { askWhichMakesWay } from "./makeway.ts";
import { newKey } from "./newkey.ts";
import { certificateId, possessionMessage } from "../ledger/tx.ts";

interface Ticket {
  ticket: string;
  bid: string;
  chain: string;
  role: Role;
}

type Certify = WalletType<"Certify">;

/** A key with its PIN proof, not certified yet; and the request that certifies it, once made. */
interface NewKey {
  key: FreshKey;
  proof: string;
  request?: Certify;
}

/** Certifying waits for one or two transactions to be final; a loaded ledger takes its time. */
const CERTIFY_MS = 60_000;
/** The request goes again by itself this often, then on a press: a short gap in the line heals within seconds. */
const CERTIFY_TRIES = 3;
const CERTIFY_PAUSE_MS = 2000;

/** What an app has read at the first step. */
export interface Applicant {
  email: string;
  birth?: string;
  /** Has the code mailed; what a service must know for that is the app's business. */
  start: () => Promise<{ enrolment: string }>;
}

/** What somebody reads who has been here before and has to enrol again. */
const WHY: Record<EnrolAgain, () => string> = {
  locked: () => t("pin-locked"),
  unknown: () => t("refusal-unknown_certificate"),
  gone: () => known("enrol-key-gone", t("refusal-unknown_certificate")),
};

/** Says it above the first step; a citizen is not welcomed as if for the first time. */
function sayWhy(): void {
  const why = new URLSearchParams(location.search).get("why") ?? "";
  const step = document.querySelector("[data-step=who]");
  if (!step || !Object.hasOwn(WHY, why)) return;
  const title = step.querySelector("h1");
  if (title && document.documentElement.dataset["app"] === "wallet") title.textContent = known("enrol-again-title", t("enrol-title"));
  step.prepend(h("p", { class: "notice notice-bad", role: "alert", "data-testid": "enrol-why" }, WHY[why as EnrolAgain]()));
}

/**
 * `read`: the applicant in a form, or a sentence about what is wrong with it. `pins`: whether the device remembers the
 * ledger's genesis, for proofs.
 */
export async function enrolFlow(deviceName: string, read: (form: HTMLFormElement) => Applicant | string, pins = false): Promise<void> {
  // A browser that lets us store nothing is told so now, and not when the certificate is made.
  await loadDevice();
  const form = el<HTMLFormElement>("who-form");
  let applicant: Applicant | undefined;
  let enrolment = "";
  let ticket: Ticket | undefined;
  let fresh: NewKey | undefined;

  const tell = (id: string) => (error: unknown) => {
    el(id).textContent = error instanceof PinCancelled ? "" : reason(error);
  };

  async function start(): Promise<void> {
    enrolment = (await applicant!.start()).enrolment;
    el("enrol-code-lead").textContent = t("enrol-code-lead", { name: applicant!.email });
    el("code-error").textContent = "";
    el<HTMLInputElement>("code").value = "";
  }

  onSubmit(form, async () => {
    const given = read(form);
    el("who-error").textContent = typeof given === "string" ? given : "";
    if (typeof given === "string") return;
    applicant = given;
    await start();
    go("code");
    el("code").focus();
  }, tell("who-error"));

  onPress(el("code-again"), async () => {
    await start();
    toast(t("enrol-code-sent"));
  }, tell("code-error"));

  onSubmit(el("code-form"), async () => {
    const code = el<HTMLInputElement>("code").value.replace(/\D/g, "");
    el("code-error").textContent = code.length === 6 ? "" : t("enrol-code-short");
    if (code.length !== 6) return;
    const confirmed = await service.postOnce("/v1/enrolment/confirm", { body: { enrolment, code } });
    ticket = { ...confirmed, role: confirmed.role as Role };
    replace("pin");
  }, tell("code-error"));

  onPress(el("choose-pin"), async () => {
    el("enrol-pin-error").textContent = "";
    fresh ??= await newKey(applicant?.birth);
    replace("work");
    try {
      await certifyOrMakeWay(ticket!, fresh, deviceName, pins);
      replace("done");
    } catch (error) {
      // The service may have certified this very key and lost only the answer: then the same key goes again.
      if (certainlyNot(error)) fresh = undefined;
      el("choose-pin").textContent = t(fresh ? "retry" : "enrol-pin-start");
      replace("pin");
      throw error;
    }
  }, tell("enrol-pin-error"));

  sayWhy();
  begin("who");
}

/** True if the service has said that this key is not and will not be certified. */
function certainlyNot(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500 && error.status !== 429;
}

/** Sends the request until there is an answer to it: every time the very same, so that twice is once. */
async function certified(body: Certify): Promise<WalletType<"Certified">> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await service.postOnce("/v1/enrolment/certify", { body, timeoutMs: CERTIFY_MS });
    } catch (error) {
      if (certainlyNot(error) || tries >= CERTIFY_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, CERTIFY_PAUSE_MS));
    }
  }
}

async function requestFor(ticket: Ticket, { key, proof }: NewKey, name: string): Promise<Certify> {
  const possession = await sign(key.pair.privateKey, possessionMessage(ticket.chain, ticket.bid, ticket.role, key.publicKey));
  return {
    ticket: ticket.ticket,
    public_key: toHex(key.publicKey),
    possession: toHex(possession),
    device_name: name,
    pin_proof: proof,
    device_tag: await deviceTag(key.salt),
  };
}

/** Certifies the key; where the person has as many devices as there may be, once they have said which makes way. */
async function certifyOrMakeWay(ticket: Ticket, fresh: NewKey, name: string, pins: boolean): Promise<void> {
  try {
    await certify(ticket, fresh, name, pins);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === "TOO_MANY_DEVICES")) throw error;
    const drop = await askWhichMakesWay(ticket.ticket);
    replace("work");
    await certify(ticket, fresh, name, pins, drop);
  }
}

async function certify(ticket: Ticket, fresh: NewKey, name: string, pins: boolean, drop?: string): Promise<void> {
  const { key } = fresh;
  // Before the certificate: there must be nothing left that could fail once it is on the ledger.
  const pinned = pins ? await genesis(ticket.chain) : undefined;
  // Kept: some browsers never make the same signature twice.
  if (fresh.request?.ticket !== ticket.ticket) fresh.request = await requestFor(ticket, fresh, name);
  const answer = await certified(drop === undefined ? fresh.request : { ...fresh.request, drop });
  const certificate = await certificateId(ticket.chain, key.publicKey);
  if (certificate !== answer.certificate) throw new Error("CERTIFICATE_DIFFERS");
  const { chain, role } = ticket;
  await enterDevice(key, { chain, role, bid: answer.bid, certificate, share: answer.share, name }, pinned);
}

function reason(error: unknown): string {
  if (error instanceof DOMException && error.name === "NotSupportedError") return t("error-browser");
  if (!(error instanceof ApiError)) return t(error instanceof Error && error.message === "PIN_DIFFERS" ? "pin-differs" : "error-server");
  switch (error.code) {
    case "CODE_WRONG":
      return t("enrol-code-wrong", { count: error.triesLeft ?? 0 });
    case "CODE_EXPIRED":
    case "TICKET_EXPIRED":
      return t("enrol-code-expired");
    case "REGISTERED_ELSEWHERE":
      return known("vouch-elsewhere", sentence(error));
    case "BAD_EMAIL":
      return t("enrol-email-bad");
    default:
      return sentence(error);
  }
}
