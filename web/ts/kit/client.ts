/**
 * The services, as the pages call them: `wallet.get("/v1/people/lookup", { query: { q } })`. The compiler checks path,
 * values and body against the services' documents, and knows the answer's type. How a request is made, and what becomes of
 * one that fails, is `api.ts`.
 */

import { once, request } from "./api.ts";
import type { SharedClient, TillClient, WalletClient } from "./routes.ts";

type Value = string | number | boolean | null | undefined;

/** What a call may bring; which of it a route takes, its type says. */
interface Asked {
  path?: Record<string, Value>;
  query?: Record<string, Value>;
  body?: unknown;
  idempotencyKey?: string;
  timeoutMs?: number;
}

/** The address of a route: the values in their places, whatever characters they have. Without a value, no parameter. */
export function address(route: string, { path = {}, query = {} }: Pick<Asked, "path" | "query"> = {}): string {
  const filled = route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name])));
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length > 0 ? `${filled}?${search}` : filled;
}

/** Calls without types, which the three below give them. A post is always JSON, if only an empty object. */
const client = {
  get: (route: string, asked: Asked = {}) => request("GET", address(route, asked)),
  post: (route: string, { body = {}, ...asked }: Asked = {}) => request("POST", address(route, asked), { ...asked, body }),
  postOnce: (route: string, { body = {}, ...asked }: Asked = {}) => once("POST", address(route, asked), { ...asked, body }),
};

/** The citizens' service. */
export const wallet = client as unknown as WalletClient;
/** The till's service. */
export const till = client as unknown as TillClient;
/** Whichever of the two has served this page, as far as they are alike. */
export const service = client as unknown as SharedClient;
