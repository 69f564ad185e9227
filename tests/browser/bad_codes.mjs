// Codes that a wallet must not take for a payment, made from one that it takes.

import assert from "node:assert/strict";

/** CRC-16 of EMVCo codes. */
function crc(text) {
  let sum = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum & 0x8000 ? (sum << 1) ^ 0x1021 : sum << 1) & 0xffff;
  }
  return sum.toString(16).toUpperCase().padStart(4, "0");
}

const signed = (text) => text.slice(0, -4) + crc(text.slice(0, -4));

/** The field of the amount in a code for 5,000 won. */
const FIELD = "54045000";

/** A code for 5,000 won, asking for as many as these ten digits say. */
export const withAmount = (code, digits) => signed(code.replace(FIELD, `5410${digits}`));

/** What is wrong, the text, and the name of the sentence that tells it; `code` asks for 5,000 won at our shop. */
export function badCodes(code) {
  assert.ok(code.includes(FIELD));
  return [
    ["another city's code", signed(code.replace("kr.go.sebyeol.dure", "kr.go.dalbyeol.dur")), "qr-QR_FOREIGN"],
    ["another country's code", signed(code.replace("5303410", "5303840")), "qr-QR_FOREIGN"],
    ["a web link", "https://example.com/pay?shop=1", "qr-QR_FOREIGN"],
    ["a bar code", "8801234567893", "qr-QR_FOREIGN"],
    ["a contact", "BEGIN:VCARD\nFN:홍길동\nEND:VCARD", "qr-QR_FOREIGN"],
    ["an altered amount", code.replace(FIELD, "54041000"), "qr-QR_CRC"],
    ["a code cut short", code.slice(0, -7), "qr-QR_MALFORMED"],
    ["nothing won", signed(code.replace(FIELD, "54010")), "qr-QR_AMOUNT"],
    ["less than nothing", signed(code.replace(FIELD, "5404-500")), "qr-QR_AMOUNT"],
    ["half a won", signed(code.replace(FIELD, "540510.50")), "qr-QR_AMOUNT"],
    ["letters for an amount", signed(code.replace(FIELD, "5404many")), "qr-QR_AMOUNT"],
    ["a shop that is not a member", signed(code.replace("M000101", "M999999")), "pay-unknown-shop"],
    ["nothing at all", "   ", "scan-paste-empty"],
  ];
}
