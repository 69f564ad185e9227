/** Says when the connection is gone, and when it is back. */

import { el } from "./dom.ts";

export function watchNetwork(): void {
  const show = () => (el("offline").hidden = navigator.onLine);
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
