import { connect } from "node:net";
import { EngineGoneError } from "../errors";

const address = /^(?<host>[^-].*):(?<port>\d+)$/;

/**
 * @param commandLine a provider's arguments: the engine's address, `127.0.0.1:port`, comes last, after flags such as
 * `-v=9` or `--tracing tcp://host:port`.
 * @returns null where there is none
 */
export function engineAddressIn(commandLine: readonly string[]): string | null {
  return commandLine.findLast((word) => address.test(word)) ?? null;
}

/**
 * Knows whether the engine that started this provider process still lives.
 *
 * An engine that is killed leaves its provider processes behind, and what they still do is recorded nowhere: an orphan
 * that goes on registering and removing certificates works against the run that follows. The parent process is not
 * enough to look at, because the launcher of dynamic providers is a shell script that stays in between; the engine's
 * own address is.
 */
export class EngineWatch {
  readonly #address: { readonly host: string; readonly port: number } | null;

  /** @param engine its address; null: nothing is watched */
  constructor(engine: string | null) {
    const { host, port } = address.exec(engine ?? "")?.groups ?? {};
    this.#address = host === undefined || port === undefined ? null : { host, port: Number(port) };
  }

  /** @throws {EngineGoneError} ERR_ENGINE_GONE if nobody listens at the engine's address any more. */
  async assertAlive(): Promise<void> {
    if (this.#address !== null && !(await accepts(this.#address))) {
      throw new EngineGoneError({
        what: "The engine that started this provider is gone, so nothing more is changed.",
        todo: "Run the update again: it continues from what is there.",
      });
    }
  }
}

function accepts(address: { readonly host: string; readonly port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      socket.destroy();
      resolve(false);
    });
  });
}
