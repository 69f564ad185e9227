// Reads one-time codes from the file outbox.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a mail may take, ms. */
const PATIENCE = 20_000;

/** Letters whose code has been used. */
const read = new Set();

/** The six digits of a mail to `recipient` that has not been read yet. */
export async function mailedCode(folder, recipient) {
  for (const begun = Date.now(); Date.now() - begun < PATIENCE; await sleep(100)) {
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".eml") && !read.has(join(folder, name)))) {
      const [head, ...rest] = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").split("\n\n");
      if (!head.split("\n").some((line) => line.startsWith("To:") && line.includes(recipient))) continue;
      const code = readable(head, rest.join("\n\n")).match(/(?<!\d)\d{6}(?!\d)/);
      if (!code) continue;
      read.add(join(folder, name));
      return code[0];
    }
  }
  throw new Error(`no code came to ${recipient} within ${PATIENCE} ms`);
}

function readable(head, body) {
  if (/content-transfer-encoding:\s*base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (/quoted-printable/i.test(head)) return body.replaceAll("=\n", "");
  return body;
}
