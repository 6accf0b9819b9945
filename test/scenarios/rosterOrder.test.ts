import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import type * as dynamic from "../../sdk/nodejs/index";

const load = createRequire(join(__dirname, "../../package.json"));
const pulumi: typeof Pulumi = load("@pulumi/pulumi");

const content = `
subscriptions: { production: 7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b }
people:
  alice: { name: Alice Archer, subscriptions: [production] }
  bob: { name: Bob Brown }
groups:
  on-call: { members: [alice, bob], subscriptions: [production] }
`;
const ofTheRoster = [
  "staff/groups/on-call",
  "staff/groups/on-call/production",
  "staff/people/alice",
  "staff/people/alice/production",
];

/** As it is built, because a component loads the reader of its file only when it is made. */
describe.each(["dist/sdk/nodejs/index.js", "dist/sdk/nodejs/native.js"])("the roster of %s", (file) => {
  it("begins nothing before its snapshot has agreed, however long that takes", async () => {
    const { CertificateRoster, ManagementCertificate }: typeof dynamic = load(`./${file}`);
    const begun: string[] = [];
    const agreed = Promise.withResolvers<void>();
    const othersAreBegun = Promise.withResolvers<void>();
    await pulumi.runtime.setMocks({
      call: () => ({}),
      newResource: async ({ type, name, inputs }) => {
        if (type.endsWith("RosterSnapshot")) {
          await agreed.promise;
        } else if (!type.endsWith("CertificateRoster")) {
          begun.push(name);
          (name === "second" ? othersAreBegun : undefined)?.resolve();
        }
        return { id: name, state: { ...inputs, lineage: name, certificatePem: name } };
      },
    });
    new CertificateRoster("staff", { content });
    // Declared after it, and one round to the engine longer than anything of the roster that does not wait.
    const first = new ManagementCertificate("first");
    new ManagementCertificate("second", { organization: first.lineage });

    await othersAreBegun.promise;
    expect(begun).toEqual(["first", "second"]);

    agreed.resolve();
    await pulumi.runtime.disconnect();
    expect(begun.toSorted()).toEqual(["first", "second", ...ofTheRoster]);
  });
});
