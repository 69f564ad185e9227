/** The camera's place on a page (`lens` of the kit's templates): opens, reads codes, closes. */

import { el, onPress } from "./dom.ts";
import { scan, type Scan } from "./scan.ts";
import { t } from "./text.ts";

export interface Lens {
  open(): Promise<void>;
  /** Opens at once where the person has allowed it before. */
  openIfAllowed(): Promise<void>;
  close(): void;
}

/** `take` gets each text that is read, one at a time; what it throws goes to `told`. */
export function lens(take: (text: string) => Promise<void>, told: (error: unknown) => void): Lens {
  let camera: Scan | undefined;

  /** Open, or about to be: a second press opens no second camera. */
  let wanted = false;

  async function open(): Promise<void> {
    if (wanted) return;
    wanted = true;
    let busy = false;
    try {
      const opened = await scan(el<HTMLVideoElement>("video"), (text) => {
        if (busy) return;
        busy = true;
        take(text).catch(told).finally(() => (busy = false));
      });
      // Closed meanwhile: the step has been left.
      if (!wanted) return opened.stop();
      camera = opened;
      el("lens").classList.add("lens-on");
    } catch {
      wanted = false;
      el("lens-text").textContent = t("scan-denied");
      el("camera-on").hidden = true;
    }
  }

  function close(): void {
    wanted = false;
    camera?.stop();
    camera = undefined;
    el("lens").classList.remove("lens-on");
  }

  onPress(el("camera-on"), open, told);
  addEventListener("pagehide", close);
  return {
    open,
    close,
    async openIfAllowed() {
      const permission = await navigator.permissions?.query({ name: "camera" as PermissionName }).catch(() => undefined);
      if (permission?.state === "granted") await open();
    },
  };
}
