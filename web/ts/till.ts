/** The till: starts the part that the page names. */

import { watchNetwork } from "./kit/network.ts";
import { device } from "./till/device.ts";
import { enrol } from "./till/enrol.ts";
import { refund } from "./till/refund.ts";
import { sale } from "./till/sale.ts";
import { sticker } from "./till/sticker.ts";
import { today } from "./till/today.ts";

const pages: Record<string, () => void | Promise<void>> = { sale, enrol, today, refund, sticker, device };

watchNetwork();
await pages[document.body.dataset["page"] ?? ""]?.();
document.body.dataset["ready"] = "1";
