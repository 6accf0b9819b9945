import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../test/support/configured";
import { issueServerIdentity } from "../certificate/issue";
import type { Values } from "./lifecycle";
import { managementCertificate } from "./managementCertificate";
import { subscriptionCertificateLink } from "./subscriptionCertificateLink";
import { unknownValue } from "./unknowns";

const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const filledIn = { resourceName: "alice-prod", project: "access", stack: "prod" };
const configured = () => configuredFrom({}, testPorts({ now: new Date("2027-01-01") }));

let certificatePem: string;
let lineage: string;
let elliptic: string;
beforeAll(async () => {
  const context = configured();
  const { inputs } = managementCertificate.check({ ...filledIn, resourceName: "alice" }, context);
  const { outputs } = await managementCertificate.create(inputs, context);
  certificatePem = String(outputs["certificatePem"]);
  lineage = String(outputs["lineage"]);
  const dates = { notBefore: new Date("2026-01-01"), notAfter: new Date("2028-01-01") };
  elliptic = (await issueServerIdentity({ authorityCommonName: "x", ...dates, randomBytes })).certificatePem;
});

function check(inputs: Values, context = configured()) {
  return subscriptionCertificateLink.check({ ...filledIn, ...inputs }, context);
}

describe("checking a link's inputs", () => {
  it("brings the subscription's id to one spelling and fills in that it is careful", () => {
    const { inputs, failures } = check({
      subscriptionId: ` ${subscriptionId.toUpperCase()} `,
      certificatePem,
      lineage,
    });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      subscriptionId,
      allowLast: false,
      removeFirst: false,
      whenRemovedElsewhere: "fail",
      removeAdopted: false,
    });
  });

  const refused: readonly [string, () => Values, string, RegExp][] = [
    ["a subscription that is no GUID", () => ({ subscriptionId: "Production" }), "subscriptionId", /not its name/],
    ["no certificate", () => ({ certificatePem: undefined }), "certificate", /give the link a certificate/],
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
    const inputs = { subscriptionId, certificatePem: unknownValue, lineage: unknownValue, previous: unknownValue };
    expect(check(inputs).failures).toEqual([]);
    expect(check({ ...inputs, subscriptionId: unknownValue }).failures).toEqual([]);
    expect(check({ ...inputs, managementEndpoint: unknownValue }).failures).toEqual([]);
    expect(check({ ...inputs, subscriptionId: "x" }).failures).toHaveLength(1);
  });

  it("refuses a second link of the same certificate to the same subscription, however the id is spelled", () => {
    const context = configured();
    expect(check({ subscriptionId, certificatePem, lineage }, context).failures).toEqual([]);
    const second = { subscriptionId: subscriptionId.toUpperCase(), certificatePem, lineage, resourceName: "again" };
    expect(check(second, context).failures).toEqual([
      {
        property: "subscriptionId",
        reason: expect.stringContaining("the link alice-prod of this program already registers this certificate"),
      },
    ]);
  });
});
