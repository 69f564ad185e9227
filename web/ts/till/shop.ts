/** The shop's name in the head of the page: staff see at once whose till this is. */

import { till } from "../kit/client.ts";
import { el } from "../kit/dom.ts";
import { lang } from "../kit/text.ts";

export async function showShop(): Promise<void> {
  const shop = await till.get("/v1/me");
  el("top-side").textContent = lang === "ko" ? shop.name_ko : shop.name_en;
}
