/** A certified key becomes this browser's device: wrapped, stored, with the genesis that proofs are checked against. */

import { serverNow } from "../kit/api.ts";
import { saveDevice, wrapKey, type FreshKey } from "../keys/device.ts";
import { fromText } from "../ledger/bytes.ts";
import type { Role } from "../ledger/call.ts";
import { genesis } from "../pay/genesis.ts";
import type { Pinned } from "../proof/form.ts";

export interface Entered {
  chain: string;
  bid: string;
  role: Role;
  certificate: string;
  /** The server's half of the wrapping, hex. */
  share: string;
  name: string;
}

/** `pinned`: the genesis, if it was met already; `true` asks for it now. */
export async function enterDevice(key: FreshKey, { share, ...who }: Entered, pinned: Pinned | boolean): Promise<void> {
  const met = pinned === true ? await genesis(who.chain) : pinned;
  await saveDevice({
    ...who,
    publicKey: key.publicKey,
    createdAt: serverNow(),
    ...(met ? { pinned: met } : {}),
    ...(await wrapKey(key, fromText(share))),
  });
}
