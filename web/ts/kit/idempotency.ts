/** Requests that must not happen twice carry a key: the service answers the second with the answer to the first. */

import { ApiError } from "./api.ts";

export const newIdempotencyKey = (): string => crypto.randomUUID();

/** True if the service itself has said what became of the request. A conflict means that it is still at the first one. */
const settled = (error: unknown) => error instanceof ApiError && error.own && error.status !== 409;

/**
 * Sends one kind of request. Until the service has answered, the same body goes under the same key, however often somebody
 * presses: a lost answer makes no second mail. Another body, or a press after the answer, is another request.
 */
export function unrepeated(): <T>(body: object, send: (idempotencyKey: string) => Promise<T>) => Promise<T> {
  let open: { body: string; key: string } | undefined;
  return async (body, send) => {
    const text = JSON.stringify(body);
    if (open?.body !== text) open = { body: text, key: newIdempotencyKey() };
    try {
      const answer = await send(open.key);
      open = undefined;
      return answer;
    } catch (error) {
      if (settled(error)) open = undefined;
      throw error;
    }
  };
}
