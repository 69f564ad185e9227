/** The sheet in which a device gets another name. */

import { sentence } from "../kit/api.ts";
import { wallet } from "../kit/client.ts";
import { el, onPress, onSubmit } from "../kit/dom.ts";
import { t } from "../kit/text.ts";

/** Most characters of a name; the service has the same bound. */
const LONGEST = 60;

/** Asks for a name, beginning with `name`, and stores it; `undefined` if the person thought better of it. */
export function nameDevice(certificate: string, name: string): Promise<string | undefined> {
  const sheet = el<HTMLDialogElement>("naming");
  const field = el<HTMLInputElement>("naming-name");
  const error = el("naming-error");
  field.value = name;
  error.textContent = "";
  const listening = new AbortController();
  const { signal } = listening;
  return new Promise((resolve) => {
    let given: string | undefined;
    sheet.addEventListener("close", () => {
      listening.abort();
      resolve(given);
    }, { signal });
    onSubmit(el("naming-form"), store, (fault) => (error.textContent = sentence(fault)), signal);
    field.addEventListener("input", () => (error.textContent = ""), { signal });

    async function store(): Promise<void> {
      const wanted = field.value.trim();
      if (wanted === "" || [...wanted].length > LONGEST) {
        error.textContent = t("rename-bad");
        field.focus();
        return;
      }
      await wallet.post("/v1/devices/{certificate}/name", { path: { certificate }, body: { device_name: wanted } });
      given = wanted;
      sheet.close();
    }

    sheet.showModal();
    field.select();
  });
}

/** Connects the sheet's way out. */
export function connectNaming(): void {
  onPress(el("naming-no"), () => el<HTMLDialogElement>("naming").close(), () => undefined);
}
