import { afterEach, expect } from "vitest";
import { type Emulator, type EmulatorSettings, startEmulator } from "../../emulator/emulator";
import { nodeEncoding, type TestCertificate } from "./clientCertificates";
import { send, type WireAnswer, type WireTarget } from "./wire";

export const namespaces =
  'xmlns="http://schemas.microsoft.com/windowsazure" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"';
export const refusalText =
  "The server failed to authenticate the request. Verify that the certificate is valid and is associated with this subscription.";
export const ours = "8d9e3ad3-1f57-4c62-9d5b-1a7c5a2f7a10";
export const other = "2b1f0f5e-7c0d-4a55-8d0e-6f1f8f3f9c21";

const running: Emulator[] = [];

/** An emulator with two subscriptions that is stopped when the test ends. */
export function start(settings: EmulatorSettings = {}): Promise<Emulator> {
  return startExactly({ subscriptions: [ours, other], ...settings });
}

/** The same, with nothing but the settings given. */
export async function startExactly(settings: EmulatorSettings): Promise<Emulator> {
  const emulator = await startEmulator(settings);
  running.push(emulator);
  return emulator;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((emulator) => emulator.stop()));
});

export function errorBody(code: string, message: string): string {
  return `<Error ${namespaces}><Code>${code}</Code><Message>${message}</Message></Error>`;
}

export function expectError(answer: WireAnswer, status: number, code: string, message: string): void {
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: errorBody(code, message) });
  expect(answer.headers["content-type"]).toBe("application/xml; charset=utf-8");
  expect(answer.headers["x-ms-request-id"]).toMatch(/^[0-9a-f]{32}$/);
}

/** An Add with the thumbprint before the public key. */
export function swapped(good: string): string {
  return good.replace(/(<SubscriptionCertificateP.*y>)(<SubscriptionCertificateT.*t>)/, "$2$1");
}

export const add = (emulator: WireTarget, certificate: TestCertificate, subscription = ours) =>
  send(emulator, { method: "POST", path: `/${subscription}/certificates`, ...nodeEncoding(certificate) });
