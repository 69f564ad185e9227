// A film of a QR code for Chromium's fake camera: YUV4MPEG2, one grey picture again and again.

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const { encode } = createRequire(new URL("../../web/package.json", import.meta.url))("uqr");
const [WIDTH, HEIGHT] = [640, 480];
/** Pictures in the film; the camera begins anew at its end. */
const LENGTH = 10;

/** Writes a film in which somebody holds a code to the camera. */
export function filmCode(path, text) {
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const module = Math.floor(HEIGHT / size);
  const [left, top] = [(WIDTH - module * size) >> 1, (HEIGHT - module * size) >> 1];
  // A wall, and the code on it.
  const luma = Buffer.alloc(WIDTH * HEIGHT, 150);
  for (let y = 0; y < module * size; y += 1) {
    for (let x = 0; x < module * size; x += 1) {
      luma[(top + y) * WIDTH + left + x] = data[Math.floor(y / module)][Math.floor(x / module)] ? 30 : 220;
    }
  }
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  writeFileSync(path, Buffer.concat([head, ...Array(LENGTH).fill(frame)]));
}
