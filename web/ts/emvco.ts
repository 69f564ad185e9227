/**
 * Reads a merchant's payment code (EMVCo Merchant-Presented Mode 1.1). The same rules as the crate's `emvco.rs`, kept
 * equal by `vectors/emvco.json` and the crate's `tests/two_readers.rs`: fields `id(2) length(2) value`, lengths in characters, 00
 * first, CRC 63 last; 26 to 51 are templates of any scheme, 55 to 57 ask for a tip or a fee.
 */

import { utf8 } from "./ledger/bytes.ts";

/** Scheme name of this city's coin (field 26/00). */
export const GUID = "kr.go.sebyeol.dure";
/** Tip indicator, fixed fee, percentage fee. */
const FEES = ["55", "56", "57"];
/** What messengers, scanners and clipboards leave around a text: white space (NEL too), and two marks that nobody sees. */
const AROUND = /^[\s\u0085\u200b\ufeff]+|[\s\u0085\u200b\ufeff]+$/g;
const MAX_CHARS = 512;
const MAX_FIELDS = 100;

export type QrErrorCode = "QR_CRC" | "QR_MALFORMED" | "QR_FOREIGN" | "QR_AMOUNT" | "QR_FEE";

export class QrError extends Error {
  constructor(readonly code: QrErrorCode) {
    super(code);
  }
}

export interface MerchantQr {
  guid: string;
  merchant: string;
  /** The order; null on a static code. */
  order: string | null;
  /** Won; null when the payer types it. */
  amount: string | null;
  category: string;
  name: string;
  city: string;
  bill: string | null;
  terminal: string | null;
  name_ko: string | null;
}

/** CRC-16/IBM-3740: polynomial 1021, start FFFF, no reflection. */
export function checksum(text: string): string {
  let crc = 0xffff;
  for (const byte of utf8(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}

function parse(chars: string[]): Map<string, string> {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < chars.length) {
    const head = chars.slice(at, at + 4).join("");
    if (!/^[0-9]{4}$/.test(head)) throw new QrError("QR_MALFORMED");
    const id = head.slice(0, 2);
    const end = at + 4 + Number(head.slice(2));
    if (end > chars.length || fields.has(id) || fields.size >= MAX_FIELDS) throw new QrError("QR_MALFORMED");
    fields.set(id, chars.slice(at + 4, end).join(""));
    at = end;
  }
  return fields;
}

const parts = (text: string | undefined) => parse([...(text ?? "")]);

function ascii(text: string | undefined, max: number): string {
  if (text === undefined || text.length > max || !/^[\x21-\x7e]+$/.test(text)) throw new QrError("QR_MALFORMED");
  return text;
}

function bounded(text: string | undefined, max: number): string {
  const length = text === undefined ? 0 : [...text].length;
  if (text === undefined || length < 1 || length > max || /\p{Cc}/u.test(text)) throw new QrError("QR_MALFORMED");
  return text;
}

const optional = (text: string | undefined, max: number) => (text === undefined ? null : bounded(text, max));

/** Reads a code of any scheme that uses the same template. */
export function decodeAny(input: string): MerchantQr {
  const text = input.replace(AROUND, "");
  if (!text.startsWith("0002")) throw new QrError("QR_FOREIGN");
  const chars = [...text];
  if (chars.length > MAX_CHARS) throw new QrError("QR_MALFORMED");
  const fields = parse(chars);
  const ids = [...fields.keys()];
  const crc = fields.get("63") ?? "";
  if (ids[0] !== "00" || fields.get("00") !== "01" || ids.at(-1) !== "63" || utf8(crc).length !== 4) throw new QrError("QR_MALFORMED");
  // Hexadecimal digits have no case.
  if (!/^[0-9A-Fa-f]{4}$/.test(crc) || checksum(text.slice(0, -4)) !== crc.toUpperCase()) throw new QrError("QR_CRC");
  return read(fields);
}

const names = (template: Map<string, string> | null) => (template?.get("00") ?? "").toLowerCase() === GUID;

/**
 * The template that names our scheme. Without one, the first that is of the templates' form: what another scheme writes into its own is
 * not judged.
 */
function templateOf(fields: Map<string, string>): Map<string, string> {
  const found: (Map<string, string> | null)[] = [];
  for (const [id, value] of fields) {
    if (Number(id) < 26 || Number(id) > 51) continue;
    try {
      found.push(parts(value));
    } catch {
      found.push(null);
    }
  }
  if (found.length === 0) throw new QrError("QR_FOREIGN");
  const ours = found.filter(names);
  const best = ours[0] ?? found.find((one) => one !== null) ?? null;
  // Two merchants in one code: which one is paid would be a guess.
  if (best === null || ours.length > 1) throw new QrError("QR_MALFORMED");
  return best;
}

function read(fields: Map<string, string>): MerchantQr {
  const account = templateOf(fields);
  if (!fields.has("53") || !fields.has("58")) throw new QrError("QR_MALFORMED");
  if (fields.get("53") !== "410" || fields.get("58") !== "KR") throw new QrError("QR_FOREIGN");
  if (FEES.some((id) => fields.has(id))) throw new QrError("QR_FEE");
  const amount = fields.get("54") ?? null;
  if (amount !== null && !/^[1-9][0-9]{0,11}$/.test(amount)) throw new QrError("QR_AMOUNT");
  const order = account.has("02") ? ascii(account.get("02"), 25) : null;
  const kind = fields.get("01") ?? "11";
  if (kind !== "11" && kind !== "12") throw new QrError("QR_MALFORMED");
  const dynamic = kind === "12";
  if (dynamic !== (order !== null) || (dynamic && amount === null)) throw new QrError("QR_MALFORMED");
  const category = fields.get("52") ?? "";
  if (!/^[0-9]{4}$/.test(category)) throw new QrError("QR_MALFORMED");
  const extra = parts(fields.get("62"));
  const local = parts(fields.get("64"));
  return {
    guid: names(account) ? GUID : ascii(account.get("00"), 32),
    merchant: ascii(account.get("01"), 20),
    order,
    amount,
    category,
    name: bounded(fields.get("59"), 25),
    city: bounded(fields.get("60"), 15),
    bill: optional(extra.get("01"), 25),
    terminal: optional(extra.get("07"), 25),
    name_ko: optional(local.get("01"), 25),
  };
}

/** Reads a code of this city's scheme. */
export function decode(text: string): MerchantQr {
  const code = decodeAny(text);
  if (code.guid !== GUID) throw new QrError("QR_FOREIGN");
  return code;
}
