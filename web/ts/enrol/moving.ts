/**
 * A phone that an account is being moved to, kept from the moment at which its key has signed: the ledger may move the account at
 * any time from then on, and a page that was closed must find the key again.
 */

import { serverNow } from "../kit/api.ts";
import { store } from "../keys/database.ts";
import { saveDevice, wrapKey, type Device, type FreshKey } from "../keys/device.ts";
import { fromText } from "../ledger/bytes.ts";
import { certificateId } from "../ledger/tx.ts";
import type { Pinned } from "../proof/form.ts";

const MOVING = "moving";

export interface Moving {
  token: string;
  device: Device;
}

/** Wraps the key for the person and keeps it. Nothing is left that could fail once the ledger has moved the account. */
export async function keepMoving(key: FreshKey, about: { token: string; share: string; bid: string; name: string; pinned: Pinned }): Promise<Moving> {
  const { token, share, bid, name, pinned } = about;
  const certificate = await certificateId(pinned.chain, key.publicKey);
  const who = { chain: pinned.chain, bid, role: "holder" as const, certificate, publicKey: key.publicKey, name, createdAt: serverNow(), pinned };
  const moving = { token, device: { ...who, ...(await wrapKey(key, fromText(share))) } };
  await store("device", "readwrite", (all) => all.put(moving, MOVING));
  return moving;
}

export const loadMoving = (): Promise<Moving | undefined> => store("device", "readonly", (all) => all.get(MOVING) as IDBRequest<Moving | undefined>);

export async function forgetMoving(): Promise<void> {
  await store("device", "readwrite", (all) => all.delete(MOVING));
}

/** The account has moved: the phone is this browser's device from now on. */
export async function moved({ device }: Moving): Promise<void> {
  await saveDevice(device);
  await forgetMoving();
}
