import { z } from "zod";
import type { LinkCertificate } from "../../rotation/types";
import { wantedOnLink } from "../../rotation/wantedOnLink";
import type { Configured } from "../context";
import { isoSeconds } from "../dates";
import { defaultsOf, readValues, sameJson, withoutDefaults, withoutUndefined } from "../inputs";
import type { Values } from "../lifecycle";
import { containsUnknown, unknownValue } from "../unknowns";
import { givenCertificateShape, type LinkState, type RecordedRegistration } from "./linkDefinition";
import type { LinkKind } from "./linkKind";
import { linkCertificateOf, stateOf, versionsOf } from "./linkValues";
import { recordedThere, registrationOf } from "./registrations";

const givenCertificate = z.object(givenCertificateShape);

/** A link's outputs before its update: where it is and what stays registered are known, also while a new version is not made yet. */
export function previewLink(kind: LinkKind, olds: Values | null, news: Values, context: Configured): Values {
  const state = olds === null ? null : stateOf(kind, olds);
  const { certificate: _1, certificatePem: _2, ...recorded } = news;
  const wanted = knownCertificate(news, context);
  const current = wanted?.certificate.current;
  const registered =
    state === null || wanted === null ? null : registeredThen(state, wanted.certificate, context.ports.now());
  const outputs = {
    ...recorded,
    ...kind.recorded(news, context),
    lineage: state === null ? (wanted?.lineage ?? unknownValue) : (state.lineage ?? undefined),
    overlapHours: wanted?.certificate.overlapHours ?? unknownValue,
    thumbprint: current?.thumbprint ?? unknownValue,
    sha256Fingerprint: current?.sha256Fingerprint ?? unknownValue,
    registered: registered ?? unknownValue,
    // Others change it too, and every update looks again.
    certificateCount: unknownValue,
    ...recordThen(state, registered, context),
  };
  return withoutDefaults(defaultsOf(kind.state), withoutUndefined(outputs));
}

/** Null while nothing can be said about the versions; with an unknown thumbprint while only the newest one is not made yet. */
function knownCertificate(
  news: Values,
  context: Configured,
): { readonly certificate: LinkCertificate; readonly lineage: string | undefined } | null {
  const { certificate, certificatePem } = news;
  if (!containsUnknown(certificate) && !containsUnknown(certificatePem)) {
    const given = readValues(givenCertificate, withoutUndefined({ certificate, certificatePem }), "the inputs");
    const known = linkCertificateOf(given, context).certificate;
    return { certificate: known, lineage: known.lineage ?? undefined };
  }
  const versions = versionsOf(certificate);
  if (versions === null) {
    return null;
  }
  const current = {
    thumbprint: unknownValue,
    sha256Fingerprint: unknownValue,
    notBefore: new Date(0),
    notAfter: new Date(0),
  };
  return { certificate: { lineage: null, current, ...versions }, lineage: unknownValue };
}

function registeredThen(state: LinkState, certificate: LinkCertificate, now: Date): Values[] {
  const { thumbprint } = certificate.current;
  const there = recordedThere(state.registered);
  const isThere = there.some((known) => known.thumbprint === thumbprint);
  const wanted = new Map(wantedOnLink(certificate, there.map(registrationOf), now).map((one) => [one.thumbprint, one]));
  const staying = there.flatMap((known): Values[] => {
    const keeps = wanted.get(known.thumbprint);
    return keeps === undefined ? [] : [dated(known, keeps.until, isThere)];
  });
  const coming = {
    thumbprint,
    registeredAt: unknownValue,
    origin: certificate.lineage === null && thumbprint !== unknownValue ? unknownValue : "created",
    requestId: unknownValue,
  };
  return isThere ? staying : [...staying, coming];
}

/** Nothing new where nothing comes and nothing goes. */
function recordThen(
  state: LinkState | null,
  registered: readonly Values[] | null,
  { evidence }: Configured,
): Pick<Values, "history" | "evidence"> {
  const before = state === null ? undefined : recordedThere(state.registered).map(({ thumbprint }) => thumbprint);
  const after = registered?.map((one) => one["thumbprint"]);
  if (state !== null && after !== undefined && sameJson(before, after)) {
    return { history: state.history ?? undefined, evidence: state.evidence ?? undefined };
  }
  return { history: unknownValue, evidence: evidence === null ? (state?.evidence ?? undefined) : unknownValue };
}

/** An overlap begins when its successor is registered: until then nobody knows when it ends. */
function dated(known: RecordedRegistration, until: Date | null, successorIsThere: boolean): Values {
  const { retireAt: _1, missingSince: _2, ...rest } = known;
  const retireAt = until === null ? undefined : successorIsThere ? isoSeconds(until) : unknownValue;
  return withoutUndefined({ ...rest, requestId: rest.requestId ?? undefined, retireAt });
}
