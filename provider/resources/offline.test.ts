import { beforeAll, describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../test/support/configured";
import { certificateInput } from "../../test/support/linkInput";
import { managementCertificate } from "./certificate/managementCertificate";
import type { Configured } from "./context";
import type { ResourceLifecycle, Values } from "./lifecycle";
import { subscriptionCertificateLink } from "./link/subscriptionCertificateLink";
import { unknownValue } from "./unknowns";

const filledIn = { project: "access", stack: "prod" };
const forbidden = (what: string) => (): never => {
  throw new TypeError(`a preview used ${what}`);
};

/** A provider in which everything that leaves the process, and every source of chance, ends the test. */
function offline(date: string): Configured {
  const ports = testPorts(
    { now: new Date(date) },
    {
      monotonicMs: forbidden("a clock"),
      sleep: forbidden("a timer"),
      random: forbidden("a die"),
      randomBytes: forbidden("random bytes"),
      beforeEffect: forbidden("a remote effect"),
    },
  );
  const context = configuredFrom({}, ports);
  const connection = new Proxy(context.connection, { get: forbidden("the connection") });
  const listings = new Proxy(context.listings, { get: forbidden("a listing") });
  return { ...context, connection, listings };
}

let certificate: Values;
let link: Values;
beforeAll(async () => {
  const context = configuredFrom({}, testPorts({ now: new Date("2027-01-01") }));
  const inputs = { ...filledIn, resourceName: "alice", holders: ["alice", "bob"] };
  certificate = (await managementCertificate.create(managementCertificate.check(inputs, context).inputs, context))
    .outputs;
  const { thumbprint, sha256Fingerprint, lineage } = certificate;
  link = {
    resourceName: "alice-prod",
    subscriptionId: "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b",
    managementEndpoint: "https://management.core.windows.net",
    lineage,
    thumbprint,
    sha256Fingerprint,
    overlapHours: 168,
    certificateCount: 99,
    registered: [{ thumbprint, registeredAt: "2027-01-01T00:00:00Z", origin: "created" }],
  };
});

const certificateInputs = () => ({
  ...filledIn,
  resourceName: "alice",
  holders: ["bob"],
  rotationTriggers: { a: "1" },
});
const linkInputs = () => ({
  resourceName: "alice-prod",
  subscriptionId: link["subscriptionId"],
  certificate: { ...certificateInput(certificate), overlapHours: 24 },
});

const cases: readonly [string, ResourceLifecycle, () => Values, () => Values][] = [
  ["a certificate", managementCertificate, () => certificate, certificateInputs],
  [
    "a certificate with a trigger that is not known yet",
    managementCertificate,
    () => certificate,
    () => ({
      ...certificateInputs(),
      rotationTriggers: { a: unknownValue },
    }),
  ],
  [
    "a certificate with a spread and maintenance windows",
    managementCertificate,
    () => certificate,
    () => ({
      ...certificateInputs(),
      spreadHours: 48,
      maintenanceWindows: [{ cron: "0 22 * * SAT", durationHours: 4, timeZone: "Europe/Berlin" }],
    }),
  ],
  ["a link", subscriptionCertificateLink, () => link, linkInputs],
  [
    "a link whose certificate is about to change",
    subscriptionCertificateLink,
    () => link,
    () => ({
      ...linkInputs(),
      certificate: unknownValue,
    }),
  ],
  [
    "a link that moves to another endpoint",
    subscriptionCertificateLink,
    () => link,
    () => ({
      ...linkInputs(),
      managementEndpoint: "https://management.core.chinacloudapi.cn",
    }),
  ],
];

describe("a preview", () => {
  it.each(cases)("of %s touches no network, no clock but now, and no dice", (_title, resource, olds, news) => {
    const context = offline("2027-10-01");
    const { inputs, failures } = resource.check(news(), context);
    expect(failures).toEqual([]);
    expect(resource.diff(olds(), inputs, context).changes).not.toEqual([]);
  });

  it.each(cases)(
    "of %s is the same each time, in the same order, and changes neither state nor inputs",
    (_title, resource, olds, news) => {
      const [stateBefore, inputsBefore] = [structuredClone(olds()), structuredClone(news())];
      const once = () => {
        const context = offline("2027-10-01");
        const { inputs } = resource.check(news(), context);
        return { inputs, difference: resource.diff(olds(), inputs, context) };
      };
      const first = once();
      // The engine hands a state over in any order of keys.
      const turned = Object.fromEntries(Object.entries(olds()).reverse());
      expect(once()).toEqual(first);
      expect(resource.diff(turned, first.inputs, offline("2027-10-01"))).toEqual(first.difference);
      expect([olds(), news()]).toEqual([stateBefore, inputsBefore]);
    },
  );
});
