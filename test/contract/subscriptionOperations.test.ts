import { afterEach, describe, expect, it } from "vitest";
import { makeCertificate } from "./clientCertificates";
import { ClientFixture, failureOf, first } from "./clientFixture";

let fixture: ClientFixture;
afterEach(() => fixture.stop());

const yesterday = () => new Date(Date.now() - 86_400_000);
const tomorrow = () => new Date(Date.now() + 86_400_000);

describe("the log of a subscription's operations", () => {
  it("says which certificate registered and removed which one, page after page", async () => {
    fixture = await ClientFixture.start({ behaviour: { operationsPerAnswer: 2 } });
    const connection = fixture.connect();
    const made = await Promise.all([1, 2, 3].map(() => makeCertificate()));
    for (const { der } of made) {
      await connection.managementCertificates.add(fixture.at(), der);
    }
    await connection.managementCertificates.remove(fixture.at(), made[0]?.thumbprint ?? "");
    const operations = await connection.subscriptionOperations.list(fixture.at(), {
      from: yesterday(),
      to: tomorrow(),
    });
    expect(operations.map(({ name }) => name)).toEqual([
      "AddSubscriptionCertificate",
      "AddSubscriptionCertificate",
      "AddSubscriptionCertificate",
      "RemoveSubscriptionCertificate",
    ]);
    for (const [index, { callerThumbprint, about, succeeded }] of operations.entries()) {
      const { thumbprint } = made[index] ?? made[0] ?? { thumbprint: "" };
      expect({ callerThumbprint, succeeded }).toEqual({
        callerThumbprint: fixture.emulator.credentialThumbprint,
        succeeded: true,
      });
      expect(about[0]).toBe(`/${first}/certificates/${thumbprint}`);
    }
    expect(fixture.requests().filter(({ path }) => path.endsWith("/operations"))).toHaveLength(2);
  });

  it("is empty outside of the time that was asked for", async () => {
    fixture = await ClientFixture.start();
    const connection = fixture.connect();
    await connection.managementCertificates.add(fixture.at(), (await makeCertificate()).der);
    expect(await connection.subscriptionOperations.list(fixture.at(), { from: new Date(0), to: yesterday() })).toEqual(
      [],
    );
  });

  it("that can't be read is an error, not an empty list", async () => {
    fixture = await ClientFixture.start();
    fixture.emulator.misbehave([
      {
        match: { pathContains: "/operations" },
        do: { kind: "status", status: 403, code: "ForbiddenError", message: "no" },
      },
    ]);
    const listing = fixture.connect().subscriptionOperations.list(fixture.at(), { from: yesterday(), to: tomorrow() });
    expect(await failureOf(listing)).toMatchObject({ code: "ERR_AUTHENTICATION" });
  });
});
