import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { expect } from "vitest";
import { type Emulator, type EmulatorSettings, startEmulator } from "../../emulator/emulator";
import type { JournalEntry } from "../../emulator/journal";
import { parseConfiguration } from "../../provider/azure/configuration";
import { type Connection, connect } from "../../provider/azure/connection";
import type { ManagementCertificates } from "../../provider/azure/managementCertificates";
import type { Ports } from "../../provider/ports";
import { emulatorConfig } from "../support/emulatorConfig";
import { VirtualClock } from "../support/virtualClock";

export const first = "11111111-1111-4111-8111-111111111111";
export const second = "22222222-2222-4222-8222-222222222222";

/** The client on one side and the emulator on the other, on a clock where waiting takes no time. */
export class ClientFixture {
  readonly clock = new VirtualClock();
  readonly #connections: Connection[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), "management-certificates-"));
  readonly emulator: Emulator;

  private constructor(emulator: Emulator) {
    this.emulator = emulator;
  }

  static async start(settings: EmulatorSettings = {}): Promise<ClientFixture> {
    return new ClientFixture(await startEmulator({ subscriptions: [first, second], ...settings }));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
    await this.emulator.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** A connection with these settings in the stack's configuration, over those that reach the emulator. */
  connect(settings: Readonly<Record<string, string | undefined>> = {}, ports: Partial<Ports> = {}): Connection {
    const config: Readonly<Record<string, string | undefined>> = {
      ...emulatorConfig(this.emulator),
      ...settings,
    };
    const connection = connect(
      parseConfiguration((key) => config[key], {}),
      this.clock.ports(ports),
    );
    this.#connections.push(connection);
    return connection;
  }

  client(settings?: Readonly<Record<string, string | undefined>>, ports?: Partial<Ports>): ManagementCertificates {
    return this.connect(settings, ports).managementCertificates;
  }

  at(subscriptionId: string = first): { endpoint: string; subscriptionId: string } {
    return { endpoint: this.emulator.endpoint, subscriptionId };
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  write(name: string, content: string | Buffer): string {
    writeFileSync(this.path(name), content, { mode: 0o600 });
    return this.path(name);
  }

  registered(subscriptionId: string = first): readonly string[] {
    return this.emulator.certificates(subscriptionId).map(({ thumbprint }) => thumbprint);
  }

  requests(subscriptionId: string = first): readonly JournalEntry[] {
    return this.emulator.journal().filter((entry) => entry.subscriptionId === subscriptionId);
  }
}

/** The error of a call that must fail, after a look for key material in everything that printing it would show. */
export async function failureOf(call: Promise<unknown>): Promise<Error & { code?: string }> {
  const error: unknown = await call.then(
    () => expect.unreachable("the call succeeded"),
    (reason: unknown) => reason,
  );
  const shown = inspect(error, { depth: 10, showHidden: false }) + JSON.stringify(error);
  expect(shown).not.toMatch(/PRIVATE KEY|MII[A-Za-z0-9+/]{40}/);
  expect(error).toBeInstanceOf(Error);
  return error as Error & { code?: string };
}
