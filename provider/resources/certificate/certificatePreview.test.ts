import { beforeAll, describe, expect, it } from "vitest";
import { configuredFrom, testPorts } from "../../../test/support/configured";
import type { Values } from "../lifecycle";
import { containsUnknown, unknownValue } from "../unknowns";
import { managementCertificate } from "./managementCertificate";

const clock = { now: new Date("2027-01-01T00:00:00Z") };
const context = configuredFrom({}, testPorts(clock));
const told = { resourceName: "alice", project: "access", stack: "prod" };
const checked = (args: Values) => managementCertificate.check({ ...told, ...args }, context).inputs;
const unknownIn = (values: Values) => Object.keys(values).filter((key) => containsUnknown(values[key]));

/** What only the new certificate can say. */
const issued = [
  "certificatePem",
  "issuedAt",
  "notAfter",
  "notBefore",
  "privateKeyPem",
  "renewalTime",
  "serialNumber",
  "sha256Fingerprint",
  "spreadFraction",
  "thumbprint",
];

describe("the preview of a certificate", () => {
  let state: Values;
  beforeAll(async () => {
    ({ outputs: state } = await managementCertificate.create(checked({ holders: ["alice"] }), context));
  });

  it("of a new one knows all but what the key and the dice decide", async () => {
    const preview = managementCertificate.preview(null, checked({}), context);
    expect(unknownIn(preview).sort()).toEqual([...issued, "lineage"].sort());
    const { outputs } = await managementCertificate.create(checked({}), context);
    expect(Object.keys(preview).sort()).toEqual(Object.keys(outputs).sort());
    for (const key of Object.keys(outputs).filter((name) => !unknownIn(preview).includes(name))) {
      expect(preview[key], key).toEqual(outputs[key]);
    }
  });

  it("of one that only takes note of something knows everything, and is what the update makes of it", async () => {
    const news = checked({ holders: ["alice", "bob"], overlapHours: 24 });
    const preview = managementCertificate.preview(state, news, context);
    expect(unknownIn(preview)).toEqual([]);
    expect(preview).toEqual(await managementCertificate.update("", state, news, context));
  });

  const rotations: readonly [string, Values][] = [
    ["by a trigger", { holders: ["alice"], rotationTriggers: { image: "2" } }],
    ["because somebody left", { holders: [] }],
    ["to another subject", { holders: ["alice"], organization: "Contoso" }],
  ];
  it.each(rotations)(
    "of a rotation %s knows what the update makes of it, but for the new certificate",
    async (_why, args) => {
      const preview = managementCertificate.preview(state, checked(args), context);
      expect(unknownIn(preview).sort()).toEqual([...issued, "lastRotation"].sort());
      const outputs = await managementCertificate.update("", state, checked(args), context);
      for (const key of Object.keys(outputs).filter((name) => !unknownIn(preview).includes(name))) {
        expect(preview[key], key).toEqual(outputs[key]);
      }
      expect(preview["lastRotation"]).toEqual({ ...(outputs["lastRotation"] as Values), at: unknownValue });
    },
  );

  it("knows the lineage and the inputs alone while any input is unknown", () => {
    const news = checked({ holders: ["alice"], rotationTriggers: unknownValue });
    const preview = managementCertificate.preview(state, news, context);
    expect(preview).toMatchObject({ lineage: state["lineage"], rsaBits: 2048, revision: unknownValue });
    expect(managementCertificate.preview(null, news, context)["lineage"]).toBe(unknownValue);
  });
});
