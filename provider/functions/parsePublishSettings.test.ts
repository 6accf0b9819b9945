import { createPrivateKey } from "node:crypto";
import { describe, expect, it } from "vitest";
import { azurePfx } from "../../test/support/azurePfx";
import { configuredFrom, testPorts } from "../../test/support/configured";
import { oddCertificate } from "../../test/support/oddCertificates";
import { parseCertificate } from "../certificate/parse";
import { unknownValue } from "../resources/unknowns";
import { parsePublishSettings } from "./parsePublishSettings";

const id = "0f1f6a5e-1111-4222-8333-444455556666";
const { der, privateKeyPem } = oddCertificate({ rsaBits: 1024 });
const privateKeyDer = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
const pfx = azurePfx({ privateKeyDer, certificateDer: der }).toString("base64");
const content = `<PublishData><PublishProfile SchemaVersion="2.0"><Subscription Id="${id.toUpperCase()}" Name="Production" ServiceManagementUrl="https://management.core.windows.net" ManagementCertificate="${pfx}" /></PublishProfile></PublishData>`;

const run = (inputs: Record<string, unknown>) =>
  parsePublishSettings.run(inputs, configuredFrom({}, testPorts({ now: new Date("2027-01-01") })));

describe("parsePublishSettings", () => {
  it("says which subscriptions a file is for, and hands no key out", async () => {
    const { pem, thumbprint, notAfter } = parseCertificate(der);
    const found = await run({ content });
    expect(found).toEqual({
      subscriptions: [
        {
          id,
          name: "Production",
          managementEndpoint: "https://management.core.windows.net",
          certificatePem: pem,
          thumbprint,
          notAfter: `${notAfter.toISOString().slice(0, 19)}Z`,
        },
      ],
    });
    expect(JSON.stringify(found)).not.toContain("PRIVATE KEY");
  });

  it.each([
    ["another text", { content: "<a/>" }, "content", /not a publish-settings file/],
    ["no text", {}, "content", /must be the text of a publish-settings file/],
    ["a number", { content: 7 }, "content", /must be the text of a publish-settings file/],
    ["a text that is not known yet", { content: unknownValue }, "content", /known only during the update/],
    ["another argument", { content, path: "x" }, "path", /no input of the name path/],
  ])("refuses %s, and names the argument without showing it", async (_what, inputs, property, words) => {
    const error = await run(inputs).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_INPUT_INVALID", property, message: expect.stringMatching(words) });
    expect(String(error)).not.toContain(pfx.slice(0, 40));
  });
});
