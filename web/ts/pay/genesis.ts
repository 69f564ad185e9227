/** The ledger's genesis: what every proof is checked against. Met once, kept with the device. */

import { wallet } from "../kit/client.ts";
import { amendDevice, type Device } from "../keys/device.ts";
import type { Pinned } from "../proof/form.ts";

/** What the service's document calls an object. */
const pinnedIn = (told: unknown) => told as Pinned;

/** The genesis as the service tells it; it must be that of the device's own channel. */
export async function genesis(chain: string): Promise<Pinned> {
  const { chain: told, genesis_hash, validators } = pinnedIn(await wallet.get("/v1/genesis"));
  if (told !== chain) throw new Error("GENESIS_OF_ANOTHER_CHANNEL");
  return { chain: told, genesis_hash, validators };
}

/** The genesis that this device has pinned. One that was enrolled before there were proofs pins it now, for good. */
export async function pinnedGenesis(device: Device): Promise<Pinned> {
  if (!device.pinned) {
    const pinned = await genesis(device.chain);
    await amendDevice(device, (kept) => (kept.pinned ??= pinned));
    return device.pinned ?? pinned;
  }
  return device.pinned;
}

/** A genesis' hash as people compare it: in groups of four. */
export function fingerprint(pinned: Pinned): string {
  return (pinned.genesis_hash.match(/.{1,4}/g) ?? []).slice(0, 4).join(" ");
}
