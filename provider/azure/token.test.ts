import { describe, expect, it } from "vitest";
import { tokenCredential } from "./token";

const source = { authentication: "token", setting: "azure-certificates:authentication", stored: true } as const;
const endpoint = "https://management.core.windows.net";
const { signal } = new AbortController();

function identity(getToken: (scope: string) => Promise<unknown>) {
  let made = 0;
  class DefaultAzureCredential {
    constructor() {
      made++;
    }
    getToken(scope: string) {
      return getToken(scope);
    }
  }
  return { load: async () => ({ DefaultAzureCredential }), made: () => made };
}

describe("tokenCredential", () => {
  it("asks for the audience of the endpoint, which ends with a slash, and signs in once", async () => {
    const { load, made } = identity(async (scope) => ({
      token: scope.length > 0 ? `for:${scope}` : "",
      expiresOnTimestamp: 1,
    }));
    const credential = tokenCredential(source, load);
    expect(made()).toBe(0);
    expect(await credential.token(endpoint, signal)).toBe("for:https://management.core.windows.net//.default");
    await credential.token(endpoint, signal);
    expect(made()).toBe(1);
  });

  it("says how to install the package where it is missing", async () => {
    const credential = tokenCredential(source, () => Promise.reject(new Error("Cannot find package")));
    await expect(credential.token(endpoint, signal)).rejects.toMatchObject({ code: "ERR_CONFIGURATION" });
    await expect(credential.token(endpoint, signal)).rejects.toThrow("npm install @azure/identity");
  });

  it("refuses a package that is not what it should be", async () => {
    await expect(tokenCredential(source, async () => ({})).token(endpoint, signal)).rejects.toThrow(
      "DefaultAzureCredential",
    );
  });

  it.each<[string, unknown]>([
    ["no answer", null],
    ["an empty token", { token: "" }],
    ["a token that would break the header", { token: "a\r\nx: y" }],
  ])("takes %s for a failure to sign in", async (_name, answer) => {
    const { load } = identity(async () => answer);
    await expect(tokenCredential(source, load).token(endpoint, signal)).rejects.toMatchObject({
      code: "ERR_AUTHENTICATION",
    });
  });

  it("a failure to sign in says so without the request that failed", async () => {
    const { load } = identity(() =>
      Promise.reject(Object.assign(new Error("AADSTS700027"), { request: { body: "SECRET" } })),
    );
    const error: unknown = await tokenCredential(source, load)
      .token(endpoint, signal)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_AUTHENTICATION", cause: { message: "AADSTS700027" } });
    expect((error as Error).cause).not.toHaveProperty("request");
  });

  it("an abort passes through untouched", async () => {
    const reason = new Error("cancelled");
    const controller = new AbortController();
    const { load } = identity(() => {
      controller.abort(reason);
      return Promise.reject(new Error("aborted"));
    });
    await expect(tokenCredential(source, load).token(endpoint, controller.signal)).rejects.toBe(reason);
  });
});
