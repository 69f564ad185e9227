/** A certified key becomes this browser's device: wrapped, stored, with the genesis that proofs are checked against. */

import { serverNow } from "../kit/api.ts";
import { saveDevice, wrapKey, type FreshKey } from "../keys/device.ts";
import { fromText } from "../ledger/bytes.ts";
import type { Role } from "../ledger/call.ts";
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

/** `pinned`: the genesis, where proofs are to be checked. */
export async function enterDevice(key: FreshKey, { share, ...who }: Entered, pinned: Pinned | undefined): Promise<void> {
  await saveDevice({
    ...who,
    publicKey: key.publicKey,
    createdAt: serverNow(),
    ...(pinned ? { pinned } : {}),
    ...(await wrapKey(key, fromText(share))),
  });
}
