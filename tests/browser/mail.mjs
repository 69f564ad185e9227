// Reads one-time codes from the file outbox.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a mail may take, ms. */
const PATIENCE = 20_000;

/** The six digits of the first mail to `recipient`. */
export async function mailedCode(folder, recipient) {
  for (const begun = Date.now(); Date.now() - begun < PATIENCE; await sleep(100)) {
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".eml"))) {
      const [head, ...rest] = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").split("\n\n");
      if (!head.split("\n").some((line) => line.startsWith("To:") && line.includes(recipient))) continue;
      const code = readable(head, rest.join("\n\n")).match(/(?<!\d)\d{6}(?!\d)/);
      if (code) return code[0];
    }
  }
  throw new Error(`no code came to ${recipient} within ${PATIENCE} ms`);
}

function readable(head, body) {
  if (/content-transfer-encoding:\s*base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (/quoted-printable/i.test(head)) return body.replaceAll("=\n", "");
  return body;
}
