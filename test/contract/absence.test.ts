import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeCertificate } from "./clientCertificates";
import { ClientFixture, failureOf, first } from "./clientFixture";

let fixture: ClientFixture;
beforeEach(async () => {
  fixture = await ClientFixture.start();
});
afterEach(() => fixture.stop());

describe("only ResourceNotFound for the certificate, or a list without it, proves that it is gone", () => {
  // What the real service says to a stranger speaks of "the certificate" too.
  const refusals: readonly [number, string, string][] = [
    [403, "ForbiddenError", "Verify that the certificate is valid and is associated with this subscription."],
    [403, "SubscriptionDisabled", "The subscription of this certificate is disabled."],
    [400, "BadRequest", "The certificate can't be removed."],
    [404, "NotFound", "Some proxy found no certificate here."],
    [409, "ConflictError", "The certificate is being changed."],
  ];
  it.each(refusals)("%i %s: %s", async (status, code, message) => {
    const certificate = await makeCertificate();
    fixture.emulator.plant(first, certificate.der);
    const client = fixture.client();
    for (const method of ["DELETE", "GET"] as const) {
      fixture.emulator.misbehave([
        { match: { method, pathContains: certificate.thumbprint }, do: { kind: "status", status, code, message } },
      ]);
      const call =
        method === "DELETE"
          ? client.remove(fixture.at(), certificate.thumbprint)
          : client.get(fixture.at(), certificate.thumbprint);
      expect(await failureOf(call)).toMatchObject({ facts: { status, serviceCode: code } });
    }
    expect(fixture.registered()).toContain(certificate.thumbprint);
  });
});
