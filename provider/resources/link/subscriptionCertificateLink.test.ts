import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import { certificateInput } from "../../../test/support/linkInput";
import { oddCertificate } from "../../../test/support/oddCertificates";
import { issueServerIdentity } from "../../certificate/issue";
import { pemOf } from "../../certificate/pem";
import { managementCertificate } from "../certificate/managementCertificate";
import type { Values } from "../lifecycle";
import { unknownValue } from "../unknowns";
import { subscriptionCertificateLink } from "./subscriptionCertificateLink";

const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const programAndStack = { project: "access", stack: "prod" };
const configured = () => configuredFrom({}, testPorts({ now: new Date("2027-01-01") }));

let certificatePem: string;
let certificate: Values;
let elliptic: string;
let withoutLineage: string;
beforeAll(async () => {
  const context = configured();
  const { inputs } = managementCertificate.check({ ...programAndStack, resourceName: "alice" }, context);
  const { outputs } = await managementCertificate.create(inputs, context);
  certificatePem = String(outputs["certificatePem"]);
  certificate = certificateInput(outputs);
  withoutLineage = oddCertificate({}).der.toString("base64");
  const dates = { notBefore: new Date("2026-01-01"), notAfter: new Date("2028-01-01") };
  elliptic = (await issueServerIdentity({ authorityCommonName: "x", ...dates, randomBytes })).certificatePem;
});

function check(inputs: Values, context = configured()) {
  return subscriptionCertificateLink.check({ resourceName: "alice-prod", ...inputs }, context);
}

describe("checking a link's inputs", () => {
  it("brings the subscription's id to one spelling", () => {
    const { inputs, failures } = check({ subscriptionId: ` ${subscriptionId.toUpperCase()} `, certificate });
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ resourceName: "alice-prod", subscriptionId, certificate });
  });

  it("keeps what is said and not what is the default, so that a thousand links have a small state", () => {
    const said = { allowLast: true, removeFirst: false, whenRemovedElsewhere: "fail", removeAdopted: true };
    const { inputs } = check({ subscriptionId, certificate, ...said });
    const { subscriptionId: _1, certificate: _2, resourceName: _3, ...kept } = inputs;
    expect(kept).toEqual({ allowLast: true, removeAdopted: true });
  });

  it("takes a certificate's PEM, as other languages hand it over, and stores it like everybody's", () => {
    const { der: _, ...versions } = certificate;
    const { inputs, failures } = check({ subscriptionId, certificate: { ...versions, certificatePem } });
    expect(failures).toEqual([]);
    expect(inputs).toEqual(check({ subscriptionId, certificate }).inputs);
  });

  it("takes the holder of a certificate that was made elsewhere, and of no other", () => {
    const given = { subscriptionId, certificatePem, holder: "alice" };
    expect(check(given)).toMatchObject({ failures: [], inputs: { holder: "alice" } });
    expect(check({ subscriptionId, certificate, holder: "alice" }).failures).toEqual([
      { property: "holder", reason: expect.stringMatching(/named where it is made/) },
    ]);
    expect(check({ ...given, holder: " " }).failures).toEqual([
      { property: "holder", reason: "holder is blank. Name a person, or leave it out" },
    ]);
    expect(check({ ...given, holder: unknownValue }).failures).toEqual([]);
  });

  it("gives nobody a key that somebody else has", () => {
    const inputsOf = (more: Values) => check({ subscriptionId, certificatePem, ...more }).inputs;
    const refusalOf = (before: Values, after: Values) =>
      subscriptionCertificateLink
        .check({ resourceName: "alice-prod", subscriptionId, certificatePem, ...after }, configured(), inputsOf(before))
        .failures.map(({ reason }) => reason);
    expect(refusalOf({ holder: "alice" }, { holder: "bob" })).toEqual([
      expect.stringMatching(/^alice has this key and keeps it, so it can't become that of bob/),
    ]);
    expect(refusalOf({ holder: "alice" }, { holder: " Alice " })).toEqual([]);
    expect(refusalOf({ holder: "alice" }, {})).toEqual([]);
    expect(refusalOf({}, { holder: "bob" })).toEqual([]);
    const other = pemOf("CERTIFICATE", oddCertificate({ rsaBits: 2048 }).der);
    expect(refusalOf({ holder: "alice" }, { holder: "bob", certificatePem: other })).toEqual([]);
  });

  it("does not repeat who held a version", () => {
    const version = { thumbprint: "A".repeat(40), notAfter: "2028-01-01T00:00:00Z", revoked: false };
    const previous = [{ ...version, heldBy: ["alice"] }];
    const { inputs } = check({ subscriptionId, certificate: { ...certificate, previous } });
    expect(inputs["certificate"]).toEqual({ ...certificate, previous: [version] });
  });

  const refused: readonly [string, () => Values, string, RegExp][] = [
    ["a subscription that is no GUID", () => ({ subscriptionId: "Production" }), "subscriptionId", /not its name/],
    ["no certificate", () => ({ certificatePem: undefined }), "certificate", /give the link a certificate/],
    ["two certificates", () => ({ certificate }), "certificate", /either a certificate or a certificatePem, not both/],
    [
      "a certificate without a lineage in the place of a ManagementCertificate",
      () => ({ certificatePem: undefined, certificate: { ...certificate, der: withoutLineage } }),
      "certificate",
      /carries no lineage.*give it as certificatePem/,
    ],
    [
      "bytes that are no certificate in the place of a ManagementCertificate",
      () => ({ certificatePem: undefined, certificate: { ...certificate, der: "MIIB" } }),
      "certificate",
      /not an X.509 certificate/,
    ],
    [
      "something else in the place of a ManagementCertificate",
      () => ({ certificatePem: undefined, certificate: "alice" }),
      "certificate",
      /must be a ManagementCertificate/,
    ],
    [
      "a ManagementCertificate without its certificate",
      () => ({ certificatePem: undefined, certificate: { previous: [], overlapHours: 1 } }),
      "certificate",
      /needs the certificatePem of a ManagementCertificate/,
    ],
    [
      "a certificate that is no PEM",
      () => ({ certificatePem: "MIIB" }),
      "certificatePem",
      /with its BEGIN CERTIFICATE line/,
    ],
    [
      "a certificate that is cut off",
      () => ({ certificatePem: `${certificatePem.slice(0, 400)}\n-----END CERTIFICATE-----\n` }),
      "certificatePem",
      /certificate/,
    ],
    ["a key that is not RSA", () => ({ certificatePem: elliptic }), "certificatePem", /RSA certificates only/],
    ["an endpoint without TLS", () => ({ managementEndpoint: "http://localhost" }), "managementEndpoint", /https/],
    ["an endpoint that is none", () => ({ managementEndpoint: "azure" }), "managementEndpoint", /no address/],
    ["half an answer", () => ({ whenRemovedElsewhere: "ask" }), "whenRemovedElsewhere", /fail or restore/],
    ["a yes in words", () => ({ allowLast: "yes" }), "allowLast", /true or false/],
    ["an input that does not exist", () => ({ subscription: "x" }), "subscription", /no input of the name/],
  ];
  it.each(refused)("refuses %s, naming the property", (_title, inputs, property, reason) => {
    const { failures } = check({ subscriptionId, certificatePem, ...inputs() });
    expect(failures.map((failure) => failure.property)).toEqual([property]);
    expect(failures[0]?.reason).toMatch(reason);
  });

  it("names everything that is wrong at once", () => {
    const { failures } = check({ subscriptionId, certificatePem: elliptic, managementEndpoint: "http://localhost" });
    expect(failures.map((failure) => failure.property)).toEqual(["certificatePem", "managementEndpoint"]);
  });

  it("lets unknown values pass, and checks the rest", () => {
    const inputs = { subscriptionId, certificate: { ...certificate, der: unknownValue } };
    expect(check(inputs).failures).toEqual([]);
    expect(check({ ...inputs, certificate: unknownValue }).failures).toEqual([]);
    expect(check({ ...inputs, subscriptionId: unknownValue }).failures).toEqual([]);
    expect(check({ ...inputs, managementEndpoint: unknownValue }).failures).toEqual([]);
    expect(check({ ...inputs, subscriptionId: "x" }).failures).toHaveLength(1);
  });

  it("refuses a second link of the same certificate to the same subscription, however the id is spelled", () => {
    const context = configured();
    expect(check({ subscriptionId, certificate }, context).failures).toEqual([]);
    const second = { subscriptionId: subscriptionId.toUpperCase(), certificate, resourceName: "again" };
    expect(check(second, context).failures).toEqual([
      {
        property: "subscriptionId",
        reason: expect.stringContaining("the link alice-prod of this program already registers this certificate"),
      },
    ]);
  });
});
