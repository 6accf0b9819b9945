import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { EmulatorClock } from "../../emulator/clock";
import { Directory } from "../../emulator/entra/directory";
import { graphPlane } from "../../emulator/entra/graph";
import { newKeyCredential } from "../../emulator/entra/keyCredentials";
import { Tokens } from "../../emulator/entra/tokens";
import { ServiceError } from "../../emulator/errors";
import { RateLimit } from "../../emulator/rateLimit";
import type { ApplicationAddress } from "../../provider/azure/applicationAddress";
import { type Applications, applications } from "../../provider/azure/applications";
import type { OwnApplication } from "../../provider/azure/credential";
import { RequestFailed } from "../../provider/azure/failure";
import { readGraphError } from "../../provider/azure/graphErrors";
import { proofOfPossession } from "../../provider/azure/proofOfPossession";
import type { Transport } from "../../provider/azure/transport";
import { makeCertificate, type TestCertificate } from "../contract/clientCertificates";
import { seeded } from "../support/chaosCases";
import { SimulatedTime } from "../support/simulatedTime";
import { runsAll, seed } from "./seed";

const interleavings = runsAll ? 10_000 : 1_000;
/** One way. A change is looked at for longer than a request and its answer take: what is lost meanwhile is seen. */
const longestLatencyMs = 240;
const rules = { keyCredentialLimit: null, keyCredentialLifetimeDays: null };
const signal = new AbortController().signal;

/** The directory of the emulator without its network: only time passes between a request, what it does, and its answer. */
class World {
  readonly time = new SimulatedTime();
  readonly directory = new Directory(null, 0);
  readonly at: ApplicationAddress;
  readonly #plane: ReturnType<typeof graphPlane>;
  readonly #token: string;
  readonly #clock = new EmulatorClock();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
    const administrator = this.directory.create({ displayName: "admin", permission: "write", keyCredentials: [] });
    const { id } = this.directory.create({ displayName: "app", permission: "none", keyCredentials: [] });
    this.at = { endpoint: "https://127.0.0.1", by: "objectId", id };
    const tokens = new Tokens();
    this.#token = tokens.issue(administrator.appId);
    const rateLimit = new RateLimit({ requestsPerSecond: null, scope: "service", monotonicMs: this.time.monotonicMs });
    this.#plane = graphPlane({
      directory: this.directory,
      tokens,
      clock: this.#clock,
      rateLimit,
      rules,
      endpoint: () => "https://127.0.0.1",
    });
  }

  plant(der: Buffer): void {
    const sent = { type: "AsymmetricX509Cert", usage: "Verify", key: der.toString("base64") };
    const planted = newKeyCredential(sent, randomUUID, this.#clock, rules);
    this.directory.replaceKeys(this.at.id, [...this.#held(), planted]);
  }

  held(): string[] {
    return this.#held()
      .map(({ thumbprint }) => thumbprint)
      .sort();
  }

  #held() {
    return this.directory.find(this.at.id)?.keyCredentials ?? [];
  }

  /** One process, with a network of its own. @param signsWith the application's own key, if it signs in as that */
  async process(signsWith: TestCertificate | null = null): Promise<Applications> {
    const travel = () => this.time.sleep(this.#random() * longestLatencyMs, signal);
    const call: Transport<ApplicationAddress>["call"] = (_purpose, _options, attempt) =>
      attempt(async ({ method, path, body = "" }) => {
        await travel();
        const answered = await this.#serve(method, path, body);
        await travel();
        if (answered instanceof RequestFailed) {
          throw answered;
        }
        return {
          status: 200,
          body: answered,
          requestId: null,
          serverDate: null,
          authenticatedWith: null,
          signedInAs: "",
        };
      });
    const own = signsWith === null ? null : await this.#itself(signsWith);
    const { sleep, monotonicMs } = this.time;
    return applications({ call }, { now: () => new Date(), sleep, signal, monotonicMs }, async () => own);
  }

  /** The application itself, with a proof that was made beforehand: signing takes real time. */
  async #itself({ key, thumbprint }: TestCertificate): Promise<OwnApplication> {
    const proof = await proofOfPossession({ privateKeyPem: key, thumbprint }, this.at.id, new Date());
    const clientId = this.directory.find(this.at.id)?.appId ?? "";
    return { clientId, prove: async () => proof };
  }

  async #serve(method: string, url: string, body: string): Promise<string | RequestFailed> {
    const [path = "", query = ""] = url.split("?");
    const requestId = "0".repeat(32);
    try {
      const { answer } = await this.#plane.serve({
        method,
        path,
        query: new URLSearchParams(query),
        headers: { authorization: `Bearer ${this.#token}` },
        caller: { certificate: null, hasToken: true },
        requestId,
        body: async () => Buffer.from(body),
        staleChanges: 0,
        isDisabled: false,
      });
      return answer.body;
    } catch (error) {
      if (!(error instanceof ServiceError)) {
        throw error;
      }
      const said = readGraphError(this.#plane.errorAnswer(error, requestId).body);
      const { status } = error;
      const known = { serviceCode: said?.code ?? null, message: said?.message ?? null };
      return new RequestFailed({ kind: "answer", status, ...known, requestId: null, retryAfterMs: null });
    }
  }
}

it(`two processes that change one application at the same time lose no credential, in ${interleavings} interleavings (seed ${seed})`, {
  timeout: 600_000,
}, async () => {
  const [foreign, old, one, two] = await Promise.all([1, 2, 3, 4].map(() => makeCertificate()));
  if (foreign === undefined || old === undefined || one === undefined || two === undefined) {
    return expect.unreachable();
  }
  for (let round = 0; round < interleavings; round++) {
    const random = seeded(seed + round);
    const world = new World(random);
    world.plant(foreign.der);
    world.plant(old.der);
    const later = () => world.time.sleep(random() * 3_000, signal);
    const [adding, replacing] = await Promise.all([world.process(), world.process(random() < 0.3 ? foreign : null)]);
    const adds = async () => {
      await later();
      await adding.add(world.at, one.der, "auto", () => {});
    };
    const replaces = async () => {
      await later();
      await replacing.add(world.at, two.der, "auto", () => {});
      await replacing.remove(world.at, old.thumbprint, "auto");
    };
    await world.time.run(Promise.all([adds(), replaces()]));
    expect({ round, held: world.held() }).toEqual({
      round,
      held: [foreign.thumbprint, one.thumbprint, two.thumbprint].sort(),
    });
  }
});
