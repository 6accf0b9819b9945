import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { assertMayChangeAsOf } from "../../provider/azure/asOf";
import { parseConfiguration } from "../../provider/azure/configuration";
import { failureOf as failureFrom } from "../../provider/azure/failure";
import { managementError } from "../../provider/azure/managementErrors";
import { managementCertificate } from "../../provider/resources/certificate/managementCertificate";
import type { ResourceLifecycle, Values } from "../../provider/resources/lifecycle";
import { subscriptionCertificateLink } from "../../provider/resources/link/subscriptionCertificateLink";
import { configuredFrom, testPorts } from "../support/configured";
import { documented, documentedErrors, readAlike } from "../support/errorsDocument";
import { repositoryRoot } from "../support/project";

const subscriptionId = "7e4c1a2b-0f3d-4c5e-8a9b-1c2d3e4f5a6b";
const programAndStack = { project: "access", stack: "prod" };
const configured = () => configuredFrom({}, testPorts({ now: new Date("2027-01-01") }));

/** As every engine shows it, less what each puts around it. */
function refusals(resource: ResourceLifecycle, inputs: Values, context = configured()): string {
  const { failures } = resource.check({ resourceName: "on-call", ...inputs }, context);
  return failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n");
}

function thrown(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error instanceof Error ? error.message : error);
  }
  return expect.unreachable();
}

describe("docs/errors.md shows what is told about", () => {
  let certificatePem: string;
  beforeAll(async () => {
    const { inputs } = managementCertificate.check({ resourceName: "on-call", ...programAndStack }, configured());
    const { outputs } = await managementCertificate.create(inputs, configured());
    certificatePem = String(outputs["certificatePem"]);
  });

  const cases: readonly [string, () => string | Promise<string>][] = [
    [
      "Hours that contradict each other",
      () =>
        refusals(managementCertificate, {
          ...programAndStack,
          validityPeriodHours: 100,
          renewBeforeHours: 100,
          overlapHours: 200,
        }),
    ],
    ["A key of 1024 bits", () => refusals(managementCertificate, { ...programAndStack, rsaBits: 1024 })],
    [
      "A holder listed twice",
      () =>
        refusals(managementCertificate, { ...programAndStack, holders: ["alice@example.com", "Alice@Example.com "] }),
    ],
    [
      "A subscription that is no GUID",
      () => refusals(subscriptionCertificateLink, { subscriptionId: "Production", certificatePem }),
    ],
    ["A link without a certificate", () => refusals(subscriptionCertificateLink, { subscriptionId })],
    [
      "The same link twice",
      () => {
        const context = configured();
        const link = { subscriptionId, certificatePem };
        refusals(subscriptionCertificateLink, { ...link, resourceName: "production" }, context);
        return refusals(subscriptionCertificateLink, link, context);
      },
    ],
    [
      "A private key in the environment",
      () => thrown(() => parseConfiguration(() => undefined, { AZURE_CERTIFICATES_CLIENT_KEY_PEM: "-----BEGIN" })),
    ],
    [
      "A key where its path belongs",
      () =>
        thrown(() =>
          parseConfiguration(() => undefined, {
            AZURE_CERTIFICATES_CLIENT_CERTIFICATE_PATH: "-----BEGIN CERTIFICATE-----",
          }),
        ),
    ],
    [
      "A name that is not known",
      () => {
        // Not looked up: a machine without a name server would say something else.
        const failure = failureFrom(Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" }));
        const at = { endpoint: "https://management.core.windwos.net", subscriptionId };
        return failure === null
          ? expect.unreachable()
          : managementError(failure, { at, thumbprint: null, purpose: "look", shown: [] }).message;
      },
    ],
    [
      "A change for another day",
      async () => {
        const settings = { asOf: new Date("2027-03-01"), caCertificatePath: null };
        const change = assertMayChangeAsOf(settings, "https://management.core.windows.net");
        return change.then(
          () => expect.unreachable(),
          (error: Error) => error.message,
        );
      },
    ],
  ];
  it.each(cases)("%s", async (title, tell) => {
    expect(readAlike(await tell())).toBe(documented(title));
  });

  it("nothing else that no test sees", () => {
    const tests = [__filename, join(repositoryRoot, "test/scenarios/badInput.test.ts")].map((path) =>
      readFileSync(path, "utf8"),
    );
    expect(documentedErrors.filter((title) => !tests.some((test) => test.includes(`"${title}"`)))).toEqual([]);
  });

  it("every code", () => {
    const codes = [
      ...readFileSync(join(repositoryRoot, "provider/errors.ts"), "utf8").matchAll(/code = "(ERR_\w+)"/g),
    ].map(([, code]) => code);
    const document = readFileSync(join(repositoryRoot, "docs/errors.md"), "utf8");
    expect(codes.filter((code) => !document.includes(`| \`${code}\` |`))).toEqual([]);
  });
});
