import { createPrivateKey } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { azurePfx } from "../../test/support/azurePfx";
import { oddCertificate } from "../../test/support/oddCertificates";
import { CertificateError } from "../errors";
import { pemOf } from "./pem";
import { parsePublishSettings } from "./publishSettings";

const idA = "0f1f6a5e-1111-4222-8333-444455556666";
const idB = "1f1f6a5e-1111-4222-8333-444455556666";

function credential(claimedIterations?: number) {
  const { der, privateKeyPem } = oddCertificate({ rsaBits: 1024 });
  const privateKeyDer = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
  const claimed = claimedIterations === undefined ? {} : { claimedIterations };
  return {
    pfx: azurePfx({ privateKeyDer, certificateDer: der, ...claimed }).toString("base64"),
    pair: { privateKeyPem, certificatePem: pemOf("CERTIFICATE", der) },
  };
}
const first = credential();
const second = credential();
const { pfx: slow } = credential(600_001);

const url = "https://management.core.windows.net/";
const file = (profile: string, subscriptions: string) =>
  `<?xml version="1.0" encoding="utf-8"?>\n<PublishData>\n  <PublishProfile ${profile} PublishMethod="AzureServiceManagementAPI">\n${subscriptions}\n  </PublishProfile>\n</PublishData>\n`;
const attributes = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ");
const subscription = (values: Record<string, string>) => `    <Subscription ${attributes(values)} />`;
const complete = { ServiceManagementUrl: url, Id: idA, Name: "A", ManagementCertificate: first.pfx };

describe("publish settings", () => {
  test("of schema 2.0 have an address and a certificate for each subscription", () => {
    const xml = file(
      'SchemaVersion="2.0"',
      subscription({ ...complete, Id: idA.toUpperCase() }) +
        subscription({
          ServiceManagementUrl: "https://management.core.chinacloudapi.cn",
          Id: idB,
          Name: "B &amp; &#x27;C&#39; &lt;&#128512;&gt;",
          ManagementCertificate: second.pfx,
        }),
    );
    expect(parsePublishSettings(xml)).toEqual([
      { id: idA, name: "A", managementEndpoint: "https://management.core.windows.net", ...first.pair },
      {
        id: idB,
        name: "B & 'C' <😀>",
        managementEndpoint: "https://management.core.chinacloudapi.cn",
        ...second.pair,
      },
    ]);
  });

  test("of schema 1.0 share the profile's address and certificate", () => {
    const profile = attributes({ Url: url, ManagementCertificate: first.pfx });
    const xml = file(profile, subscription({ Id: idA, Name: "A" }) + subscription({ Id: idB }));
    const shared = { managementEndpoint: "https://management.core.windows.net", ...first.pair };
    expect(parsePublishSettings(`\uFEFF${xml}`)).toEqual([
      { id: idA, name: "A", ...shared },
      { id: idB, name: idB, ...shared },
    ]);
  });

  test("take what the subscription says before what the profile says, and the profile's for what is empty", () => {
    const profile = attributes({ Url: "https://profile.example/", ManagementCertificate: first.pfx });
    const own = { ServiceManagementUrl: "https://own.example:8443/base/", ManagementCertificate: second.pfx };
    const empty = { ServiceManagementUrl: "", ManagementCertificate: "" };
    const xml = file(profile, subscription({ Id: idA, ...own }) + subscription({ Id: idB, ...empty }));
    expect(parsePublishSettings(xml)).toMatchObject([
      { managementEndpoint: "https://own.example:8443/base", ...second.pair },
      { managementEndpoint: "https://profile.example", ...first.pair },
    ]);
  });
});

describe("publish settings are refused", () => {
  const valid = file('SchemaVersion="2.0"', subscription(complete));
  const changed = (values: Record<string, string>) => file("", subscription({ ...complete, ...values }));
  test.each([
    ["nothing", "", /see its root|not well-formed/],
    ["words", "hello", /not a publish-settings file/],
    ["half a file", valid.slice(0, -30), /not well-formed XML: see line \d/],
    ["another document", "<a/>", /not of the documented form: see PublishData/],
    ["no subscription", file("", ""), /not of the documented form/],
    ["two profiles", valid.replace(/(<PublishProfile.*<\/PublishProfile>)/s, "$1$1"), /not of the documented form/],
    ["a web app's profile", "<publishData><publishProfile/></publishData>", /signs in to that app only/],
    ["a DOCTYPE", valid.replace("?>", '?><!DOCTYPE x [<!ENTITY y "z">]>'), /DOCTYPE/],
    ["a doctype in small letters", valid.replace("?>", "?><!doctype x>"), /DOCTYPE/],
    ["too much", valid + " ".repeat(1024 * 1024), /the limit is 1048576/],
    ["an id that is no GUID", changed({ Id: "x" }), /Subscription\.0\.@Id/],
    ["a subscription twice", file("", subscription(complete) + subscription(complete)), /twice/],
    ["no certificate", changed({ ManagementCertificate: "" }), /no management certificate for this subscription/],
    [
      "a certificate that is none",
      changed({ ManagementCertificate: "aGVsbG8=" }),
      /can't be read\. This is not a PKCS#12/,
    ],
    [
      "a certificate that takes more rounds than one may, however many all of them may take",
      changed({ ManagementCertificate: slow }),
      /can't be read\. The file asks for 600001 more rounds/,
    ],
    ["no address", changed({ ServiceManagementUrl: "" }), /no https management address/],
    ["an http address", changed({ ServiceManagementUrl: "http://management.core.windows.net" }), /no https management/],
    ["an address with a password", changed({ ServiceManagementUrl: "https://a:b@example.com" }), /no https management/],
    ["an address that is none", changed({ ServiceManagementUrl: "hello" }), /no https management/],
  ])("for %s", (_, xml, message) => {
    const parse = () => parsePublishSettings(xml);
    expect(parse).toThrow(CertificateError);
    expect(parse).toThrow(message);
  });

  test("by the name of the subscription that is at fault", () => {
    const xml = file("", subscription(complete) + subscription({ ...complete, Id: idB, ServiceManagementUrl: "" }));
    expect(() => parsePublishSettings(xml)).toThrow(`subscription: ${idB}`);
  });

  test("without a word of the key in the error, even where the XML breaks inside it", () => {
    const broken = [
      valid.replace('ManagementCertificate="', "ManagementCertificate="),
      valid.replace('ManagementCertificate="', "/><"),
      valid.replace('ManagementCertificate="', "><"),
      valid.replace(' ManagementCertificate="', '="" '),
    ];
    for (const xml of broken) {
      const error: unknown = (() => {
        try {
          return parsePublishSettings(xml);
        } catch (thrown) {
          return thrown;
        }
      })();
      expect(error).toBeInstanceOf(CertificateError);
      expect(inspect(error, { showHidden: true, depth: 10 })).not.toContain(first.pfx.slice(0, 16));
    }
  });
});
