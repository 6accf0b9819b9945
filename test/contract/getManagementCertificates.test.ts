import { afterEach, describe, expect, it } from "vitest";
import { getManagementCertificates } from "../../provider/functions/getManagementCertificates";
import { getManagementCertificatesOutputs } from "../../provider/functions/getManagementCertificatesDefinition";
import { unknownValue } from "../../provider/resources/unknowns";
import { SmallStack } from "../support/smallStack";

let stack: SmallStack;
afterEach(() => stack.stop());

async function found(inputs: Record<string, unknown> = {}) {
  const answer = await getManagementCertificates.run({ subscriptionId: stack.subscription, ...inputs }, stack.context);
  return getManagementCertificatesOutputs.strict().parse(answer);
}

describe("getManagementCertificates", () => {
  it("says of every certificate whose it is and whether it opens anything at that time", async () => {
    stack = await SmallStack.start("2027-01-01");
    const alice = await stack.certificate("alice");
    await stack.link("alice-prod", alice);
    stack.emulator.plant(stack.subscription, Buffer.from("no certificate"));

    const { certificates, subscriptionId, managementEndpoint } = await found({
      subscriptionId: stack.subscription.toUpperCase(),
    });
    expect({ subscriptionId, managementEndpoint }).toEqual({
      subscriptionId: stack.subscription,
      managementEndpoint: stack.emulator.endpoint,
    });
    expect(certificates).toHaveLength(3);
    expect(certificates.map(({ thumbprint }) => thumbprint)).toEqual(
      certificates.map(({ thumbprint }) => thumbprint).sort(),
    );
    expect(certificates.find(({ thumbprint }) => thumbprint === alice["thumbprint"])).toMatchObject({
      valid: true,
      subject: "CN=alice, OU=access/prod",
      lineage: alice["lineage"],
      notBefore: alice["notBefore"],
      notAfter: alice["notAfter"],
      rsaBits: 2048,
    });
    const blob = certificates.find(({ subject }) => subject === undefined);
    expect(Object.keys(blob ?? {}).sort()).toEqual(["createdAt", "thumbprint", "valid"]);
    expect(blob?.valid).toBe(false);

    stack.at("2028-01-01");
    const later = await found();
    expect(later.certificates.find(({ lineage }) => lineage === alice["lineage"])?.valid).toBe(false);
  });

  it.each([
    ["a name in the place of a GUID", { subscriptionId: "Production" }, "subscriptionId"],
    ["an endpoint without TLS", { managementEndpoint: "http://127.0.0.1" }, "managementEndpoint"],
    ["a subscription that is not known yet", { subscriptionId: unknownValue }, "subscriptionId"],
  ])("refuses %s, and names the argument", async (_what, inputs, property) => {
    stack = await SmallStack.start("2027-01-01");
    await expect(found(inputs)).rejects.toMatchObject({ code: "ERR_INPUT_INVALID", property });
  });

  it("changes nothing, and fails as a link does where the subscription is disabled", async () => {
    stack = await SmallStack.start("2027-01-01");
    stack.emulator.setStatus(stack.subscription, "disabled");
    await expect(found()).rejects.toMatchObject({ code: "ERR_SUBSCRIPTION_UNAVAILABLE" });
  });
});
