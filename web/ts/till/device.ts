/** This till: its certificate, how it reads, how to leave. */

import { sentence } from "../kit/api.ts";
import { el, onPress, toast } from "../kit/dom.ts";
import { connectSettings } from "../kit/settings.ts";
import { showShop } from "./shop.ts";
import { logOut, showDevice } from "../kit/thisdevice.ts";
import { signedIn } from "../pay/resume.ts";

export async function device(): Promise<void> {
  connectSettings();
  const current = await signedIn();
  showDevice(current);
  showShop().catch((error: unknown) => toast(sentence(error)));
  onPress(el("log-out"), logOut, (error) => toast(sentence(error)));
}
