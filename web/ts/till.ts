/** The till: starts the part that the page names. */

import { start } from "./kit/start.ts";
import { device } from "./till/device.ts";
import { enrol } from "./till/enrol.ts";
import { refund } from "./till/refund.ts";
import { sale } from "./till/sale.ts";
import { sticker } from "./till/sticker.ts";
import { today } from "./till/today.ts";

await start({ sale, enrol, today, refund, sticker, device });
