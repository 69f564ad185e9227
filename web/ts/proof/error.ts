/** Why a proof proves nothing. The codes are those of the Rust verifier; each is in the vectors that both read. */

export type ProofCode =
  | "PROOF_MALFORMED"
  | "PROOF_OTHER_CHAIN"
  | "PROOF_OTHER_GENESIS"
  | "PROOF_OTHER_SUBJECT"
  | "PROOF_HEADER"
  | "PROOF_CERTIFICATE"
  | "PROOF_OTHER_HEADER"
  | "PROOF_TOO_FEW_SIGNATURES"
  | "PROOF_BAD_SIGNATURE"
  | "PROOF_HANDOVER"
  | "PROOF_VALIDATOR_SET"
  | "PROOF_LEAF"
  | "PROOF_TOO_EARLY"
  | "PROOF_LONG_PATH"
  | "PROOF_NEIGHBOUR"
  | "PROOF_STATE_ROOT";

export class ProofError extends Error {
  readonly code: ProofCode;

  constructor(code: ProofCode, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.name = "ProofError";
    this.code = code;
  }
}

/** Throws unless `good`. */
export function demand(good: boolean, code: ProofCode, detail = ""): asserts good {
  if (!good) throw new ProofError(code, detail);
}
