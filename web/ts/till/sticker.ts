/** The shop's own code, to print. */

import { sentence } from "../kit/api.ts";
import { till } from "../kit/client.ts";
import { el, onPress } from "../kit/dom.ts";
import { lang } from "../kit/text.ts";
import { svgAddress } from "./sale.ts";
import { signedIn } from "../pay/resume.ts";

export async function sticker(): Promise<void> {
  await signedIn();
  const told = (error: unknown) => {
    el("sticker-error").textContent = sentence(error);
  };
  onPress(el("print"), () => print(), told);
  try {
    const code = await till.get("/v1/static-qr");
    el<HTMLImageElement>("qr").src = svgAddress(code.qr_svg);
    el("sticker-name").textContent = `${lang === "ko" ? code.name_ko : code.name_en} · ${code.code}`;
  } catch (error) {
    told(error);
  }
}
