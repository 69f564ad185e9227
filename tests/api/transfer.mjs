// A transfer as a device signs it, for tests that send one without a browser. The bytes are those of `score.cddl`.

/** The head of a CBOR item: its kind, and its value or length in the shortest form. */
function head(kind, value) {
  const major = kind << 5;
  if (value < 24) return Buffer.of(major | value);
  if (value < 0x100) return Buffer.of(major | 24, value);
  if (value < 0x10000) return Buffer.concat([Buffer.of(major | 25), uint(value, 2)]);
  if (value < 0x100000000) return Buffer.concat([Buffer.of(major | 26), uint(value, 4)]);
  return Buffer.concat([Buffer.of(major | 27), uint(value, 8)]);
}

function uint(value, size) {
  const whole = Buffer.alloc(8);
  whole.writeBigUInt64BE(BigInt(value));
  return whole.subarray(8 - size);
}

/** Canonical bytes of numbers, texts, byte strings and lists of them. */
function canonical(value) {
  if (typeof value === "number") return head(0, value);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(canonical)]);
  const bytes = Buffer.from(value);
  return Buffer.concat([head(typeof value === "string" ? 3 : 2, bytes.length), bytes]);
}

const TRANSFER = 7;
const NO_MEMO = Buffer.alloc(32);

/** What `POST /v1/transactions` takes: a transfer of `amount` from `device` to the person `to`. */
export function transfer(device, to, amount, nonce, validUntil) {
  const call = [TRANSFER, [[Buffer.from(to, "hex"), amount, NO_MEMO]]];
  const body = canonical([device.chain, Buffer.from(device.certificate, "hex"), nonce, validUntil, call]);
  const signature = device.sign(Buffer.concat([Buffer.from(`dure:tx:v1\0${device.chain}\0`), body]));
  return { body: body.toString("base64"), key: device.raw.toString("hex"), signature: signature.toString("hex") };
}
