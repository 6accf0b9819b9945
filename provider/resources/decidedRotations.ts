import type { RotationDecision } from "../rotation/types";

/**
 * What this run's previews decided for each lineage.
 *
 * While a certificate is about to change, the engine knows none of its outputs, and tells its links "unknown". A link
 * that looks here can still say in the preview what will happen on its subscription. Only for sentences: what is done is
 * decided again from real values.
 */
export class DecidedRotations {
  readonly #decisions = new Map<string, RotationDecision>();

  record(lineage: string, decision: RotationDecision): void {
    this.#decisions.set(lineage, decision);
  }

  of(lineage: string | null | undefined): RotationDecision | undefined {
    return lineage == null ? undefined : this.#decisions.get(lineage);
  }
}
