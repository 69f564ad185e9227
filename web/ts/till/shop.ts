/** The shop's name in the head of the page: staff see at once whose till this is. */

import { get } from "../kit/api.ts";
import { el } from "../kit/dom.ts";
import { lang } from "../kit/text.ts";

export async function showShop(): Promise<void> {
  const shop = await get<{ name_ko: string; name_en: string }>("/v1/me");
  el("top-side").textContent = lang === "ko" ? shop.name_ko : shop.name_en;
}
