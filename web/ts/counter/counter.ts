/** The counter's page: the key file, the desk, a person. Leaving the page forgets the key. */

import { ApiError, sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, onPress, onSubmit } from "../kit/dom.ts";
import { begin, replace } from "../kit/steps.ts";
import { t } from "../kit/text.ts";
import { KeyFileError } from "../keys/keyfile.ts";
import { desk } from "./desk.ts";
import { enter, type Officer } from "./officer.ts";
import { connectPerson } from "./person.ts";

/** An officer who has gone away leaves no open key behind, ms. */
const REST_MS = 10 * 60_000;

let officer: Officer | undefined;

/** The officer who is in. */
export function present(): Officer {
  if (!officer) throw new Error("nobody is at the counter");
  return officer;
}

export function counter(): void {
  onSubmit(el("key-form"), open, (error) => say(reason(error)));
  onPress(el("counter-leave"), leave, () => leave());
  connectPerson(present);
  restWatch();
  begin("key");
}

async function open(): Promise<void> {
  const file = el<HTMLInputElement>("key-file").files?.[0];
  const pass = el<HTMLInputElement>("key-pass");
  if (!file) return say(t("counter-file-none"));
  say(t("counter-opening"), true);
  // Only here: what opens a key file is of no use to a citizen's phone.
  const { openKeyFile } = await import("../keys/keyfile.ts");
  const passphrase = pass.value;
  pass.value = "";
  officer = await enter(await openKeyFile(await file.text(), passphrase));
  say("");
  el("office").textContent = officer.office.institution;
  el("quorum").textContent = t("counter-quorum", { count: officer.office.quorum });
  replace("desk");
  desk(present);
}

/** A word below the fields: what is wrong, or that it takes a moment. */
function say(text: string, wait = false): void {
  el("key-error").textContent = text;
  el("key-error").classList.toggle("field-wait", wait);
}

async function leave(): Promise<void> {
  officer = undefined;
  // Nobody's data stays on the screen while the line is slow.
  replace("key");
  await wallet.postOnce("/v1/counter/leave").catch(() => undefined);
  location.reload();
}

/** Ten minutes without a touch, and the officer is out; also when the machine has slept meanwhile. */
function restWatch(): void {
  let since = Date.now();
  const rested = () => officer !== undefined && Date.now() - since > REST_MS;
  const touched = () => void (rested() || (since = Date.now()));
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, touched, { passive: true, capture: true });
  const look = () => rested() && void leave();
  setInterval(look, 1000);
  addEventListener("visibilitychange", look);
}

function reason(error: unknown): string {
  if (error instanceof KeyFileError) return t(error.why === "malformed" ? "counter-file-bad" : "counter-pass-bad");
  if (error instanceof ApiError && error.code === "NOT_AN_OFFICER") return t("counter-not-officer");
  return sentence(error);
}
