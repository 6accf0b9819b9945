import type { ReadState } from "../../cli/report/report";
import { parseStackExport } from "../../cli/stackExport";

/** Resources as a stack export holds them, for tables of what is read out of it. */

export const current = "3F2A1B4C5D6E7F8091A2B3C4D5E6F708192A3B4C";
export const previous = "99C1A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3";
export const production = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
export const staging = "b1946ac9-2f5e-4d8a-9c3b-5e6f7a8b9c0d";

type Values = Readonly<Record<string, unknown>>;

export interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly outputs: Values;
}

function resource(type: string, name: string, outputs: Values, over: Values = {}): ExportedResource {
  const token = `azure-certificates:index:${type}`;
  return { urn: `urn:pulumi:prod::access::${token}::${name}`, type: token, outputs, ...over };
}

/** Issued on 2026-06-01 for a year; the renewal window opens on 2027-02-01. */
export function certificate(name: string, outputs: Values = {}, over: Values = {}): ExportedResource {
  return resource(
    "ManagementCertificate",
    name,
    {
      lineage: `lineage of ${name}`,
      revision: 1,
      thumbprint: current,
      notBefore: "2026-05-31T23:00:00Z",
      issuedAt: "2026-06-01T00:00:00Z",
      renewalTime: "2027-02-01T00:00:00Z",
      notAfter: "2027-06-01T00:00:00Z",
      ...outputs,
    },
    over,
  );
}

/** On production, of the certificate of that name; registered with it. */
export function link(name: string, of: string, outputs: Values = {}, over: Values = {}): ExportedResource {
  return resource(
    "SubscriptionCertificateLink",
    name,
    {
      lineage: `lineage of ${of}`,
      subscriptionId: production,
      thumbprint: current,
      registered: [{ thumbprint: current, registeredAt: "2026-06-01T00:00:00Z" }],
      ...outputs,
    },
    over,
  );
}

export function snapshot(name: string, roster: Values): ExportedResource {
  return resource("RosterSnapshot", name, { roster });
}

/** The state of `access/prod`, or of another stack of the same resources. */
export function stateOf(resources: readonly ExportedResource[], stack = "prod", source = `${stack}.json`): ReadState {
  const text = JSON.stringify({ version: 3, deployment: { resources } }).replaceAll(
    "urn:pulumi:prod::",
    `urn:pulumi:${stack}::`,
  );
  return { source, content: parseStackExport(text) };
}
