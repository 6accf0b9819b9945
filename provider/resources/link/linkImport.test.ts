import { beforeAll, describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import { parseCertificate } from "../../certificate/parse";
import { managementCertificate } from "../certificate/managementCertificate";
import type { Configured } from "../context";
import type { Values } from "../lifecycle";
import { subscriptionCertificateLink } from "./subscriptionCertificateLink";

const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const createdAt = "2027-10-01T09:00:00.1234567Z";

describe("importing a link", () => {
  let first: Values;
  let second: Values;
  let foreign: Values;
  beforeAll(async () => {
    const at = (day: string) => configuredFrom({}, testPorts({ now: new Date(day) }));
    const told = { resourceName: "alice", project: "access", stack: "prod" };
    const { inputs } = managementCertificate.check(told, at("2027-01-01"));
    ({ outputs: first } = await managementCertificate.create(inputs, at("2027-01-01")));
    second = await managementCertificate.update("", first, inputs, at("2027-10-01"));
    ({ outputs: foreign } = await managementCertificate.create(inputs, at("2028-01-01")));
  });

  /** A subscription that holds these, and a blob that is no certificate. */
  function holding(...states: Values[]): Configured {
    const configured = configuredFrom({}, testPorts({ now: new Date("2027-10-02") }));
    const certificates = states.map(({ thumbprint, certificatePem }) => ({
      thumbprint: String(thumbprint),
      data: parseCertificate(String(certificatePem)).der,
      createdAt,
    }));
    const blob = { thumbprint: "0".repeat(40), data: Buffer.from("PKCS#12"), createdAt: "" };
    const listing = {
      certificates: [...certificates, blob],
      serverDate: null,
      requestId: null,
      authenticatedWith: null,
      signedInAs: "",
    };
    const { connection } = configured;
    const managementCertificates = { ...connection.managementCertificates, list: async () => listing };
    return { ...configured, connection: { ...connection, managementCertificates } };
  }

  it("of a lineage finds the current version and its predecessor, and leaves nothing to do", async () => {
    const context = holding(first, foreign, second);
    const id = `${subscriptionId.toUpperCase()}/${String(first["lineage"]).toUpperCase()}`;
    const imported = await subscriptionCertificateLink.import(id, "alice-prod", context);
    expect(imported.id).toBe(`${subscriptionId}/${first["lineage"]}`);
    expect(imported.outputs).toMatchObject({ thumbprint: second["thumbprint"], certificateCount: 4 });
    expect(imported.outputs["registered"]).toEqual([
      { thumbprint: second["thumbprint"], registeredAt: "2027-10-01T09:00:00Z", origin: "created" },
      { thumbprint: first["thumbprint"], registeredAt: "2027-10-01T09:00:00Z", origin: "created" },
    ]);
    const { inputs, failures } = subscriptionCertificateLink.check(imported.inputs, context);
    expect(failures).toEqual([]);
    expect(inputs).toEqual(imported.inputs);
    expect(subscriptionCertificateLink.diff(imported.outputs, inputs, context).changes).toEqual([]);
  });

  it("of a thumbprint finds that certificate, as one that was there before", async () => {
    const context = holding(first, second);
    const id = `${subscriptionId}/${String(first["thumbprint"]).toLowerCase()}`;
    const { inputs, outputs } = await subscriptionCertificateLink.import(id, "bare", context);
    expect(inputs).toEqual({ subscriptionId, certificatePem: first["certificatePem"], resourceName: "bare" });
    expect(outputs["registered"]).toMatchObject([{ thumbprint: first["thumbprint"], origin: "adopted" }]);
    expect(subscriptionCertificateLink.diff(outputs, inputs, context).changes).toEqual([]);
  });

  const refused: readonly [string, () => string, RegExp][] = [
    ["a lineage that is not there", () => `${subscriptionId}/${foreign["lineage"]}`, /no certificate of the lineage/],
    ["what is no certificate", () => `${subscriptionId}/${"0".repeat(40)}`, /no certificate of the thumbprint 0000/],
    ["half an id", () => subscriptionId, /not the id of a SubscriptionCertificateLink/],
    ["a name in place of a subscription", () => `Production/${"A".repeat(40)}`, /not the id/],
    ["one part too many", () => `${subscriptionId}/${"A".repeat(40)}/x`, /not the id/],
  ];
  it.each(refused)("refuses %s", async (_what, id, words) => {
    await expect(subscriptionCertificateLink.import(id(), "x", holding(first))).rejects.toThrow(words);
  });
});
