import { createHash } from "node:crypto";
import { isoSeconds } from "../../provider/resources/dates";
import { hoursAfter } from "../../provider/rotation/schedule";

/** The state of a company's stack as Pulumi exports it, without an update that made it: for what only reads states. */
export interface CompanyState {
  readonly version: 3;
  readonly deployment: { readonly resources: Resource[]; readonly pending_operations?: unknown[] };
}

interface Resource {
  urn: string;
  type: string;
  custom: boolean;
  delete?: boolean;
  initErrors?: string[];
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

export interface CompanySize {
  readonly people: number;
  readonly subscriptions: number;
  readonly groups: number;
  /** Subscriptions that a person opens with a key of their own. */
  readonly ownPerPerson: number;
  readonly membersPerGroup: number;
  readonly subscriptionsPerGroup: number;
}

export const smallCompany: CompanySize = {
  people: 40,
  subscriptions: 12,
  groups: 6,
  ownPerPerson: 2,
  membersPerGroup: 9,
  subscriptionsPerGroup: 4,
};

/**
 * What a report has to cope with. A subscription takes 100 certificates, and half of them while all rotate: keys of their own for
 * everybody on two subscriptions fill all 200.
 */
export const largeCompany: CompanySize = {
  people: 5_000,
  subscriptions: 200,
  groups: 100,
  ownPerPerson: 2,
  membersPerGroup: 250,
  subscriptionsPerGroup: 10,
};

const dayHours = 24;
const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const module = "pulumi-nodejs:dynamic/azure-certificates";
const places = ["production", "staging", "sandbox", "billing", "identity", "network", "data", "search", "mobile"];
const groupNames = ["on-call", "platform", "finance", "data-science", "release", "auditors"];
const firstNames =
  "Alice Bob Carol Dave Eve Femi Grace Hana Ivan Jonas Kirsten Lena Marek Noor Olga Priya Quentin Rosa Sven Tomás".split(
    " ",
  );
const lastNames = "Archer Brown Clark Dvořák Eriksson Fernández Gupta Haddad Ito Jansen Kowalska Lindqvist".split(" ");

/** The same size, name and day give the same state. About one key in eight is in an overlap. */
export function companyState(size: CompanySize, now: Date, stack = "prod", project = "access"): CompanyState {
  const subscriptions = numbered(size.subscriptions, (index) => ({
    name: index < places.length ? (places[index] ?? "") : `${places[index % places.length]}-${index}`,
    subscriptionId: uuidOf(`${stack} subscription ${index}`),
    certificateLimit: 100,
  }));
  const nameAt = (index: number) => subscriptions[index % subscriptions.length]?.name ?? "";
  const people = numbered(size.people, (index) => {
    const first = firstNames[index % firstNames.length] ?? "";
    const last = lastNames[Math.floor(index / firstNames.length + index) % lastNames.length] ?? "";
    return {
      id: `${plain(first)}.${plain(last)}${index < 60 ? "" : index}`,
      name: `${first} ${last}`,
      subscriptions: numbered(index % 5 === 4 ? 0 : size.ownPerPerson, (each) => nameAt(index + 3 * each)).sort(),
    };
  });
  const groups = numbered(size.groups, (index) => ({
    id: groupNames[index] ?? `group-${index}`,
    members: numbered(size.membersPerGroup, (each) => people[(index * 7 + each * 3) % people.length]?.id ?? "").sort(),
    subscriptions: numbered(size.subscriptionsPerGroup, (each) => nameAt(index * 2 + each)).sort(),
  }));
  const certificates = [
    ...people.map((one) => ({ path: `people/${one.id}`, holders: [one.id], subscriptions: one.subscriptions })),
    ...groups.map((one) => ({ path: `groups/${one.id}`, holders: one.members, subscriptions: one.subscriptions })),
  ].filter((one) => one.subscriptions.length > 0);
  const ids = new Map(subscriptions.map(({ name, subscriptionId }) => [name, subscriptionId]));
  const resource = (type: string, name: string, outputs: Record<string, unknown>): Resource => ({
    urn: `urn:pulumi:${stack}::${project}::azure-certificates:index:CertificateRoster$${module}:${type}::${name}`,
    type: `${module}:${type}`,
    custom: true,
    inputs: {},
    outputs,
  });
  const resources = certificates.flatMap(({ path, holders, subscriptions: names }, index) => {
    const name = `team/${path}`;
    // Between a week and eight months old, or just rotated.
    const isInOverlap = index % 8 === 3;
    const issuedAt = hoursAfter(now, -dayHours * (isInOverlap ? 1 + (index % 6) : 8 + ((index * 53) % 232)));
    const thumbprint = thumbprintOf(`${stack} ${name} 2`);
    const previous = thumbprintOf(`${stack} ${name} 1`);
    const lineage = uuidOf(`${stack} ${name}`);
    const certificate = resource("ManagementCertificate", name, {
      lineage,
      revision: isInOverlap ? 2 : 1,
      thumbprint,
      notBefore: isoSeconds(hoursAfter(issuedAt, -1)),
      issuedAt: isoSeconds(issuedAt),
      renewalTime: isoSeconds(hoursAfter(issuedAt, dayHours * 243)),
      notAfter: isoSeconds(hoursAfter(issuedAt, dayHours * 365)),
      holders,
      heldBy: holders,
      previous: isInOverlap
        ? [
            {
              thumbprint: previous,
              notAfter: isoSeconds(hoursAfter(now, dayHours * 110)),
              revoked: false,
              heldBy: holders,
            },
          ]
        : [],
      ...(isInOverlap ? { lastRotation: { at: isoSeconds(issuedAt), reasons: ["the renewal window opened"] } } : {}),
      privateKeyPem: { ...secret, ciphertext: `v1:${filler(2_300)}` },
      certificatePem: filler(1_500),
    });
    const links = names.map((subscription) => ({
      ...resource("SubscriptionCertificateLink", `${name}/${subscription}`, {
        lineage,
        subscriptionId: ids.get(subscription),
        thumbprint,
        registered: [
          ...(isInOverlap
            ? [
                {
                  thumbprint: previous,
                  registeredAt: isoSeconds(hoursAfter(now, -dayHours * 250)),
                  retireAt: isoSeconds(hoursAfter(issuedAt, dayHours * 7)),
                  origin: "created",
                },
              ]
            : []),
          { thumbprint, registeredAt: isoSeconds(issuedAt), origin: "created" },
        ],
      }),
      inputs: { certificate: { der: filler(1_250) } },
    }));
    return [certificate, ...links];
  });
  return {
    version: 3,
    deployment: {
      resources: [resource("RosterSnapshot", "team", { roster: { subscriptions, people, groups } }), ...resources],
    },
  };
}

/** The company on a bad day: one of everything that can be wrong, and rotations that nobody ran. */
export function companyInTrouble(now: Date): CompanyState {
  const state = companyState(smallCompany, now);
  const find = (end: string) => {
    const found = state.deployment.resources.find(({ urn }) => urn.endsWith(`::team/${end}`));
    if (found === undefined) {
      throw new Error(`the company has no ${end}`);
    }
    return found;
  };
  const day = (days: number) => isoSeconds(hoursAfter(now, dayHours * days));

  const late = find("people/femi.fernandez").outputs;
  Object.assign(late, { notBefore: day(-246), issuedAt: day(-246), renewalTime: day(-3), notAfter: day(119) });
  const expired = find("people/ivan.ito").outputs;
  Object.assign(expired, { notBefore: day(-370), issuedAt: day(-370), renewalTime: day(-127), notAfter: day(-5) });

  // Zoe left, and one subscription could not be reached since.
  const onCall = find("groups/on-call");
  const revoked = thumbprintOf("the key that Zoe had");
  const holders = [...(onCall.outputs["holders"] as string[])];
  onCall.outputs["previous"] = [
    { thumbprint: revoked, notAfter: day(200), revoked: true, heldBy: [...holders, "zoe.zimmer"] },
  ];
  const open = find("groups/on-call/billing");
  open.outputs["registered"] = [
    { thumbprint: revoked, registeredAt: day(-100), origin: "created" },
    ...(open.outputs["registered"] as object[]),
  ];
  open.initErrors = ["STILL OPEN: the subscription accepts a revoked certificate. The service answered 503."];

  const missing = find("groups/platform/network").outputs;
  missing["registered"] = (missing["registered"] as object[]).map((one) => ({ ...one, missingSince: day(-2) }));
  return state;
}

function numbered<T>(length: number, make: (index: number) => T): T[] {
  return Array.from({ length }, (_, index) => make(index));
}

function thumbprintOf(text: string): string {
  return createHash("sha1").update(text).digest("hex").toUpperCase();
}

function uuidOf(text: string): string {
  const digits = createHash("sha1").update(text).digest("hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/** As long as what stands there in a state, and no key. */
function filler(length: number): string {
  return "QUJD".repeat(Math.ceil(length / 4));
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
