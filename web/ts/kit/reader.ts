/** Our own QR reader (WebAssembly), loaded only where the browser has none. Its bytes come from us, not from a CDN. */

import { BarcodeDetector, prepareZXingModule } from "barcode-detector/ponyfill";
import wasm from "zxing-reader.wasm";

export function makeReader(): { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> } {
  prepareZXingModule({ overrides: { locateFile: (path: string) => (path.endsWith(".wasm") ? wasm : path) } });
  return new BarcodeDetector({ formats: ["qr_code"] });
}
