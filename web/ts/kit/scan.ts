/** The camera: finds a QR code with the browser's own reader, or with ours where there is none. */

/** Looks at the picture this often; a reader needs some 30 ms. */
const EVERY_MS = 120;

interface Reader {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

interface NativeReader {
  new (options: { formats: string[] }): Reader;
  getSupportedFormats(): Promise<string[]>;
}

async function reader(): Promise<Reader> {
  const native = (globalThis as { BarcodeDetector?: NativeReader }).BarcodeDetector;
  if (native && (await native.getSupportedFormats().catch((): string[] => [])).includes("qr_code")) return new native({ formats: ["qr_code"] });
  const { makeReader } = await import("./reader.ts");
  return makeReader();
}

export interface Scan {
  stop(): void;
}

/** Starts the camera and calls `found` with each text that it reads. Throws if there is no camera or no permission. */
export async function scan(video: HTMLVideoElement, found: (text: string) => void): Promise<Scan> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let running = true;
  const stop = () => {
    running = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  try {
    video.srcObject = stream;
    const [detector] = await Promise.all([reader(), video.play()]);
    const look = async (): Promise<void> => {
      if (!running) return;
      const codes = video.readyState >= 2 ? await detector.detect(video).catch(() => []) : [];
      const text = codes[0]?.rawValue;
      if (running && text) found(text);
      if (running) setTimeout(() => void look(), EVERY_MS);
    };
    void look();
  } catch (error) {
    stop();
    throw error;
  }
  return { stop };
}
