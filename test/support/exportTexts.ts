/** Texts as `pulumi stack export` prints them, of stacks that never ran: for what goes by a state alone. */

interface CertificateText {
  readonly name: string;
  readonly lineage?: string;
  readonly thumbprint: string;
  readonly issuedAt?: string;
  readonly holders?: readonly string[];
  readonly heldBy?: readonly string[];
  readonly previous?: readonly {
    readonly thumbprint: string;
    readonly revoked?: boolean;
    readonly heldBy: readonly string[];
  }[];
}

interface LinkText {
  readonly name: string;
  readonly subscriptionId?: string;
  readonly appId?: string;
  readonly endpoint?: string;
  readonly lineage?: string | null;
  /** Of a certificate that was made elsewhere. */
  readonly holder?: string;
  readonly thumbprint: string;
  readonly registered?: readonly string[];
  readonly dependencies?: readonly string[];
}

interface StackText {
  readonly certificates?: readonly CertificateText[];
  readonly links?: readonly LinkText[];
  /** Any other resources, as they stand. */
  readonly others?: readonly unknown[];
  readonly secretsProviders?: unknown;
}

const endpointInTexts = "https://management.core.windows.net";

export function certificateUrn(name: string): string {
  return `urn:pulumi:prod::access::azure-certificates:index:ManagementCertificate::${name}`;
}

export function linkUrn(name: string, kind: "Subscription" | "Application" = "Subscription"): string {
  return `urn:pulumi:prod::access::azure-certificates:index:${kind}CertificateLink::${name}`;
}

export function exportText({ certificates = [], links = [], others = [], secretsProviders }: StackText): string {
  return JSON.stringify({
    version: 3,
    deployment: {
      ...(secretsProviders !== undefined && { secrets_providers: secretsProviders }),
      resources: [...certificates.map(certificateResource), ...links.map(linkResource), ...others],
    },
  });
}

/** Forty hexadecimal digits out of any small number, that differ in the first eight. */
export function thumbprintOf(number: number): string {
  return `F${number.toString(16).toUpperCase().padStart(7, "0")}`.padEnd(40, "0");
}

function certificateResource({ name, lineage, thumbprint, issuedAt, holders, heldBy, previous = [] }: CertificateText) {
  const notAfter = "2028-01-01T00:00:00Z";
  return {
    urn: certificateUrn(name),
    type: "azure-certificates:index:ManagementCertificate",
    inputs: {},
    outputs: {
      lineage: lineage ?? `lineage-of-${name}`,
      thumbprint,
      issuedAt: issuedAt ?? "2027-01-01T00:00:00Z",
      renewalTime: "2027-09-01T00:00:00Z",
      notAfter,
      ...(holders !== undefined && { holders }),
      heldBy: heldBy ?? holders ?? [],
      previous: previous.map((version) => ({ notAfter, revoked: false, ...version })),
    },
  };
}

function linkResource({
  name,
  subscriptionId,
  appId,
  endpoint,
  lineage,
  holder,
  thumbprint,
  registered,
  dependencies,
}: LinkText) {
  const kind = appId === undefined ? "Subscription" : "Application";
  return {
    urn: linkUrn(name, kind),
    type: `azure-certificates:index:${kind}CertificateLink`,
    inputs: {},
    dependencies,
    outputs: {
      ...(appId === undefined
        ? { subscriptionId, managementEndpoint: endpoint ?? endpointInTexts }
        : { appId, graphEndpoint: endpoint ?? "https://graph.microsoft.com" }),
      ...(lineage !== null && { lineage }),
      ...(holder !== undefined && { holder }),
      thumbprint,
      sha256Fingerprint: "00",
      certificateCount: 1,
      resourceName: name,
      registered: (registered ?? [thumbprint]).map((one) => ({
        thumbprint: one,
        registeredAt: "2027-01-01T00:00:00Z",
        origin: "created",
      })),
    },
  };
}
