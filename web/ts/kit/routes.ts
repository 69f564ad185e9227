/**
 * The services' routes as the compiler knows them: what each takes and what it answers, from the services' own documents
 * (`web/openapi`). Only types: none of this reaches a browser.
 */

import type { components as InTill, paths as TillPaths } from "../generated/till.ts";
import type { components as InWallet, paths as WalletPaths } from "../generated/wallet.ts";

/** A schema of the wallet's document, by its name there. */
export type WalletType<Name extends keyof InWallet["schemas"]> = InWallet["schemas"][Name];
/** A schema of the till's document. */
export type TillType<Name extends keyof InTill["schemas"]> = InTill["schemas"][Name];

/** The answers that are no failures; everything else is thrown as an `ApiError`. */
type Success = 200 | 201 | 202 | 204;
type Json = "application/json";

type Content<Response> = Response extends { content: { [type in Json]: infer Value } } ? Value : void;
type Answers<Operation> = Operation extends { responses: infer All } ? Content<All[keyof All & Success]> : never;

type Body<Operation> = Operation extends { requestBody: { content: { [type in Json]: infer Value } } } ? { body: Value } : { body?: never };
/** The values that the address has places for, and the query, as optional as the document says. */
type Address<Operation> = Operation extends { parameters: infer All } ? Pick<All, keyof All & ("path" | "query")> : never;
/** A route that asks for a key in its document cannot be called without one. */
type Key<Operation> = Operation extends { parameters: { header: { "Idempotency-Key": string } } }
  ? { idempotencyKey: string }
  : { idempotencyKey?: string };

type Gets<Paths> = {
  [Path in keyof Paths as Paths[Path] extends { get: object } ? Path : never]: Paths[Path] extends { get: infer Operation }
    ? { asks: Address<Operation>; answers: Answers<Operation> }
    : never;
};
type Posts<Paths> = {
  [Path in keyof Paths as Paths[Path] extends { post: object } ? Path : never]: Paths[Path] extends { post: infer Operation }
    ? { asks: Address<Operation> & Body<Operation> & Key<Operation>; answers: Answers<Operation> }
    : never;
};

/**
 * The routes that both services have. A body must suit the one and the other, and of an answer only that can be read which
 * both give: a module that both apps share cannot come to rely on one of them.
 */
type Shared<One, Other> = {
  [Path in keyof One & keyof Other]: One[Path] extends { asks: infer Asks; answers: infer Answer }
    ? Other[Path] extends { asks: infer OtherAsks; answers: infer OtherAnswer }
      ? { asks: Asks & OtherAsks; answers: Answer | OtherAnswer }
      : never
    : never;
};

type Asks<Routes, Path extends keyof Routes> = Routes[Path] extends { asks: infer Asked } ? Asked : never;
type Answer<Routes, Path extends keyof Routes> = Routes[Path] extends { answers: infer Answered } ? Answered : never;
/** What may be left out altogether, may be. */
type Rest<Asked> = Record<string, never> extends Asked ? [asked?: Asked] : [asked: Asked];

/** A service. */
export interface Client<Get, Post> {
  get<Path extends keyof Get>(path: Path, ...asked: Rest<Asks<Get, Path>>): Promise<Answer<Get, Path>>;
  post<Path extends keyof Post>(path: Path, ...asked: Rest<Asks<Post, Path>>): Promise<Answer<Post, Path>>;
  /** As `post`, but a closed session is the caller's business, and so is how long it may take. */
  postOnce<Path extends keyof Post>(path: Path, ...asked: Rest<Asks<Post, Path> & { timeoutMs?: number }>): Promise<Answer<Post, Path>>;
}

export type WalletClient = Client<Gets<WalletPaths>, Posts<WalletPaths>>;
export type TillClient = Client<Gets<TillPaths>, Posts<TillPaths>>;
export type SharedClient = Client<Shared<Gets<WalletPaths>, Gets<TillPaths>>, Shared<Posts<WalletPaths>, Posts<TillPaths>>>;
