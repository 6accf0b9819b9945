import { credentials, Metadata } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Difference } from "../../resources/lifecycle";
import { EngineWatch } from "../engineWatch";
import { channelOptions } from "./channelOptions";

/** A sentence is no reason to hold an update up. */
const logDeadlineMs = 5_000;

/** The engine that started this plugin, or attached itself to it: where sentences for a person go. */
export class Engine {
  #address: string | null;
  #client: EngineClient | null = null;
  readonly #said = new Set<string>();

  constructor(address: string | null) {
    this.#address = address;
  }

  /** From now on another engine is there. */
  attach(address: string): void {
    if (address !== "" && address !== this.#address) {
      this.#client?.close();
      this.#client = null;
      this.#address = address;
    }
  }

  watch(): EngineWatch {
    return new EngineWatch(this.#address);
  }

  /** Shows under the resource why it changes, in previews too. The same sentence once: refresh runs diff a second time. */
  async explain(urn: string, { changes, warnings, notes = [] }: Difference): Promise<void> {
    await Promise.all([
      ...changes.map(({ reason }) => this.#log(urn, LogSeverity.INFO, reason)),
      ...notes.map((note) => this.#log(urn, LogSeverity.INFO, note)),
      ...warnings.map((warning) => this.#log(urn, LogSeverity.WARNING, warning)),
    ]);
  }

  async #log(urn: string, severity: LogSeverity, message: string): Promise<void> {
    const key = `${urn} ${message}`;
    if (this.#address === null || this.#said.has(key)) {
      return;
    }
    this.#said.add(key);
    this.#client ??= new EngineClient(this.#address, credentials.createInsecure(), channelOptions);
    const request = new LogRequest().setUrn(urn).setSeverity(severity).setMessage(message);
    const { promise, resolve } = Promise.withResolvers<void>();
    // An engine that is gone is found out before the next effect; nobody is left to tell about a lost sentence.
    this.#client.log(request, new Metadata(), { deadline: Date.now() + logDeadlineMs }, () => resolve());
    await promise;
  }
}
