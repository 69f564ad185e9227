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
  const [code] = await mailed(folder, recipient, /(?<!\d)\d{6}(?!\d)/);
  return code;
}

/** The address in such a mail. */
export async function mailedLink(folder, recipient) {
  const [link] = await mailed(folder, recipient, /https?:\S+/);
  return link;
}

async function mailed(folder, recipient, pattern) {
  for (const begun = Date.now(); Date.now() - begun < PATIENCE; await sleep(100)) {
    for (const name of readdirSync(folder).filter((name) => name.endsWith(".eml") && !read.has(join(folder, name)))) {
      const [head, ...rest] = readFileSync(join(folder, name), "utf8").replaceAll("\r\n", "\n").split("\n\n");
      if (!head.split("\n").some((line) => line.startsWith("To:") && line.includes(recipient))) continue;
      const found = readable(head, rest.join("\n\n")).match(pattern);
      if (!found) continue;
      read.add(join(folder, name));
      return found;
    }
  }
  throw new Error(`nothing of the kind came to ${recipient} within ${PATIENCE} ms`);
}

function readable(head, body) {
  if (/content-transfer-encoding:\s*base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (/quoted-printable/i.test(head)) return body.replaceAll("=\n", "");
  return body;
}
