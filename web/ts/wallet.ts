/** The wallet: starts the part that the page names. */

import { start } from "./kit/start.ts";
import { counter } from "./counter/counter.ts";
import { charge } from "./wallet/charge.ts";
import { code } from "./wallet/code.ts";
import { components } from "./wallet/components.ts";
import { enrol } from "./wallet/enrol.ts";
import { history } from "./wallet/history.ts";
import { home } from "./wallet/home.ts";
import { lost } from "./wallet/lost.ts";
import { me } from "./wallet/me.ts";
import { move } from "./wallet/move.ts";
import { pay } from "./wallet/pay.ts";
import { receipt } from "./wallet/receipt.ts";
import { send } from "./wallet/send.ts";

await start({ home, enrol, pay, code, send, charge, history, receipt, me, lost, move, counter, components });
