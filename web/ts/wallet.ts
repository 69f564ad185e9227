/** The wallet: starts the part that the page names. */

import { watchNetwork } from "./kit/network.ts";
import { charge } from "./wallet/charge.ts";
import { code } from "./wallet/code.ts";
import { components } from "./wallet/components.ts";
import { enrol } from "./wallet/enrol.ts";
import { history } from "./wallet/history.ts";
import { home } from "./wallet/home.ts";
import { lost } from "./wallet/lost.ts";
import { me } from "./wallet/me.ts";
import { pay } from "./wallet/pay.ts";
import { receipt } from "./wallet/receipt.ts";
import { send } from "./wallet/send.ts";

const pages: Record<string, () => void | Promise<void>> = { home, enrol, pay, code, send, charge, history, receipt, me, lost, components };

watchNetwork();
await pages[document.body.dataset["page"] ?? ""]?.();
document.body.dataset["ready"] = "1";
