/** The words that rotation decisions are made of. Values in, values out: nothing here knows Azure, Pulumi or a clock. */

/** What makes a certificate be replaced, strictest first. The list is closed: every preview line names one or more of these. */
export const rotationReasons = [
  "compromised",
  "holderLeft",
  "expired",
  "renewalWindow",
  "age",
  "triggerChanged",
  "specificationChanged",
] as const;
export type RotationReasonKind = (typeof rotationReasons)[number];

export interface RotationReason {
  readonly kind: RotationReasonKind;
  /** Ends a sentence that begins with the certificate: "…, because <detail>". */
  readonly detail: string;
}

/** One version of a lineage, as the certificate's state remembers it. */
export interface Version {
  readonly thumbprint: string;
  readonly notAfter: Date;
  /** Taken off everywhere at once, and never registered again. A flag, not a date: no slow clock revives it. */
  readonly revoked: boolean;
  /** Everybody listed in `holders` at any moment while this version was current, sorted. */
  readonly heldBy: readonly string[];
}

/** What a certificate's state says of itself. */
export interface CertificateState {
  readonly current: Version & {
    readonly issuedAt: Date;
    readonly specification: Specification;
    /** From 0 to 1, drawn when it was issued: which part of `spreadHours` earlier it is due. */
    readonly spreadFraction: number;
  };
  /** Newest first, at most `rememberedPreviousVersions`. */
  readonly previous: readonly Version[];
  readonly rotationTriggers: Readonly<Record<string, string>>;
}

/** What is written into the certificate: a difference means another certificate. */
export interface Specification {
  /** Undefined: the program leaves it to the default, and a changed default is no reason to rotate. */
  readonly commonName: string | undefined;
  readonly organization: string | undefined;
  readonly organizationalUnit: string | undefined;
  readonly rsaBits: number;
  readonly validityPeriodHours: number;
}

/** What the program asks for, checked and with its defaults. */
export interface CertificateWishes {
  readonly specification: Specification;
  readonly renewBeforeHours: number;
  readonly rotateEveryHours: number | undefined;
  /** Whatever is due by date is due up to so much earlier. */
  readonly spreadHours: number;
  readonly overlapHours: number;
  readonly rotationTriggers: Readonly<Record<string, string>>;
  /** Undefined: not tracked, which is not the same as nobody. Normalised, sorted. */
  readonly holders: readonly string[] | undefined;
  /** Thumbprints, upper-case. */
  readonly compromised: readonly string[];
}

/** What the maintenance windows say about a moment. Worked out by the caller: a decision knows no calendar and no time zone. */
export type Maintenance =
  | { readonly kind: "open"; readonly closes: Date }
  | {
      readonly kind: "closed";
      /** Null: none ever opens again. */
      readonly opens: Date | null;
    };

/** A version that has to go at once, and the half-sentence that says why. */
export interface Revocation {
  readonly thumbprint: string;
  readonly because: string;
}

export type RotationDecision =
  | {
      readonly kind: "keep";
      /** When to look again: nothing becomes due before this date. */
      readonly nextLook: Date;
      /** Superseded versions to revoke although the current one stays. */
      readonly revoke: readonly Revocation[];
      /** What a preview shows. */
      readonly sentence: string;
    }
  | {
      /** Due by date, and outside of the maintenance windows. */
      readonly kind: "wait";
      /** All that apply, strictest first; never empty. */
      readonly reasons: readonly RotationReason[];
      /** When the maintenance window opens that it waits for. */
      readonly opens: Date;
      readonly revoke: readonly Revocation[];
      readonly sentence: string;
    }
  | {
      readonly kind: "rotate";
      /** All that apply, strictest first; never empty. */
      readonly reasons: readonly RotationReason[];
      /** How long the current version stays beside its successor: `overlapHours`, or 0 where it is revoked. */
      readonly overlapHours: number;
      /** Versions to revoke, the current one among them where a reason is that strict. */
      readonly revoke: readonly Revocation[];
      readonly sentence: string;
    };

// ---- links ----

/** What a certificate resource hands its links, or a bare certificate with `lineage: null`. */
export interface LinkCertificate {
  readonly lineage: string | null;
  readonly current: {
    readonly thumbprint: string;
    readonly sha256Fingerprint: string;
    readonly notBefore: Date;
    readonly notAfter: Date;
  };
  /** Newest first. */
  readonly previous: readonly Pick<Version, "thumbprint" | "notAfter" | "revoked">[];
  readonly overlapHours: number;
}

/** A certificate that the door lists. */
export interface ObservedCertificate {
  readonly thumbprint: string;
  /** Of the listed bytes; tells the same thumbprint with other bytes apart. */
  readonly sha256Fingerprint: string;
  /** The lineage in its SAN; null where there is none, or where the bytes are no X.509 certificate. */
  readonly lineage: string | null;
  /** Null where the bytes are no X.509 certificate (old entries may hold a PKCS#12 blob). */
  readonly validity: { readonly notBefore: Date; readonly notAfter: Date } | null;
}

/** What a link remembers of one certificate that it registered or found. */
export interface Registration {
  readonly thumbprint: string;
  readonly registeredAt: Date;
  /** When its overlap ends; null for the current one. */
  readonly retireAt: Date | null;
  /** Adopted: it was there before us, and is left behind on delete unless `removeAdopted`. */
  readonly origin: "created" | "adopted";
}

export interface WantedCertificate {
  readonly thumbprint: string;
  readonly role: "current" | "previous";
  /** Null: for as long as it is current. */
  readonly until: Date | null;
}

export interface LinkRules {
  readonly allowLast: boolean;
  /** Thumbprints that the provider's configuration lets go even as the last valid one: for links that have left the program. */
  readonly allowed: readonly string[];
  readonly removeFirst: boolean;
  readonly whenRemovedElsewhere: "fail" | "restore";
  readonly removeAdopted: boolean;
  readonly certificateLimit: number;
}

/** Everything a link decision looks at, gathered once. */
export interface LinkSituation {
  /** What the link opens, as sentences name it: "subscription 7e4c…". */
  readonly door: string;
  /** What the link is of. On delete it says which lineage, or which bare thumbprint, has to go. */
  readonly certificate: LinkCertificate;
  readonly registered: readonly Registration[];
  readonly observed: readonly ObservedCertificate[];
  /** The certificate that the listing request itself was authenticated with; null for a token. */
  readonly authenticatedWith: string | null;
  readonly rules: LinkRules;
}

export type LinkStep =
  | { readonly action: "add"; readonly thumbprint: string; readonly because: string }
  | {
      readonly action: "remove";
      readonly thumbprint: string;
      readonly because: string;
      /** Revoked: if it can't be removed, that is STILL OPEN. */
      readonly revoked: boolean;
      /** Removed only because a date has passed: the server's clock is compared first. */
      readonly becauseOfTime: boolean;
    };

export interface KeptCertificate extends WantedCertificate {
  readonly because: string;
}

/** What a guard kept although it should go. */
export interface GuardedCertificate {
  readonly thumbprint: string;
  readonly revoked: boolean;
  readonly guard: "lastValid" | "inUse";
  readonly because: string;
}

export type LinkRefusal =
  | { readonly reason: "removedElsewhere"; readonly thumbprint: string; readonly sentence: string }
  | { readonly reason: "stateRolledBack"; readonly thumbprint: string; readonly sentence: string }
  | { readonly reason: "otherBytes"; readonly thumbprint: string; readonly sentence: string }
  | { readonly reason: "revoked"; readonly thumbprint: string; readonly sentence: string }
  | {
      readonly reason: "limitReached";
      readonly thumbprint: string;
      readonly count: number;
      readonly limit: number;
      readonly sentence: string;
    };

export type LinkPlan =
  | { readonly kind: "refuse"; readonly refusal: LinkRefusal }
  | {
      readonly kind: "apply";
      /** In the order in which they are to be carried out; equal input gives an equal list. */
      readonly steps: readonly LinkStep[];
      readonly keep: readonly KeptCertificate[];
      readonly guarded: readonly GuardedCertificate[];
      /** Present under a thumbprint we were given and not registered by us: recorded as adopted. */
      readonly adopt: readonly string[];
    };
