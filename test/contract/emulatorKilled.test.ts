import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { seeded } from "../support/chaosCases";
import { makeCertificate, nodeEncoding, type TestCertificate } from "./clientCertificates";
import { other, ours } from "./emulatorFixture";
import { CompiledEmulator } from "./emulatorProcess";
import { send, type WireTarget } from "./wire";

/** Another number gives other moments; the one that is here makes a failure repeatable. */
const seed = Number(process.env["KILL_SEED"] ?? 7);
const rounds = 20;
const settings = { subscriptions: [ours, other] };

let compiled: CompiledEmulator;
beforeAll(() => {
  compiled = new CompiledEmulator();
}, 60_000);
afterAll(() => compiled.dispose());

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "emulator-killed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data");
}

async function held(emulator: WireTarget, subscription: string): Promise<readonly string[]> {
  const { body } = await send(emulator, { path: `/emulator/certificates/${subscription}` });
  return z
    .array(z.object({ thumbprint: z.string() }))
    .parse(JSON.parse(body))
    .map(({ thumbprint }) => thumbprint);
}

/** Adds what is not there and removes what is, without a pause. What was answered is so; what was under way may be. */
class Writer {
  readonly #expected = new Map<string, Set<string>>([ours, other].map((id) => [id, new Set()]));
  readonly #random: () => number;
  readonly #certificates: readonly TestCertificate[];
  underWay: { subscription: string; thumbprint: string } | null = null;
  acknowledged = 0;

  constructor(certificates: readonly TestCertificate[], random: () => number) {
    this.#certificates = certificates;
    this.#random = random;
  }

  /** Until nobody answers any more. @param acknowledged is told of each answer */
  async write(emulator: WireTarget, acknowledged: () => void): Promise<void> {
    for (;;) {
      const subscription = this.#random() < 0.5 ? ours : other;
      const there = this.#expected.get(subscription) ?? new Set();
      const certificate = this.#certificates[Math.floor(this.#random() * this.#certificates.length)];
      if (certificate === undefined) {
        return;
      }
      const { thumbprint } = certificate;
      const path = `/${subscription}/certificates`;
      this.underWay = { subscription, thumbprint };
      const isThere = there.has(thumbprint);
      try {
        const answer = await send(
          emulator,
          isThere
            ? { method: "DELETE", path: `${path}/${thumbprint}` }
            : { method: "POST", path, ...nodeEncoding(certificate) },
        );
        expect(answer.status).toBe(isThere ? 200 : 201);
      } catch (error) {
        if (error instanceof Error && "code" in error) {
          return;
        }
        throw error;
      }
      this.underWay = null;
      this.acknowledged += 1;
      acknowledged();
      if (isThere) {
        there.delete(thumbprint);
      } else {
        there.add(thumbprint);
      }
    }
  }

  /** Compares with what a new process has, and takes that for the truth from here on. @returns what was lost or came back */
  async compare(emulator: WireTarget, credential: string): Promise<readonly string[]> {
    const wrong: string[] = [];
    for (const [subscription, expected] of this.#expected) {
      const there = new Set(await held(emulator, subscription));
      const unsure = this.underWay?.subscription === subscription ? this.underWay.thumbprint : null;
      wrong.push(...[...expected].filter((one) => !there.has(one) && one !== unsure).map((one) => `${one} was lost`));
      there.delete(credential);
      wrong.push(...[...there].filter((one) => !expected.has(one) && one !== unsure).map((one) => `${one} came back`));
      this.#expected.set(subscription, there);
    }
    this.underWay = null;
    return wrong;
  }
}

describe("an emulator that is killed", () => {
  it(`loses nothing that it acknowledged, whatever it was doing (KILL_SEED=${seed})`, {
    timeout: 120_000,
  }, async () => {
    const random = seeded(seed);
    const dataDirectory = dataFolder();
    const writer = new Writer(await Promise.all(Array.from({ length: 30 }, () => makeCertificate())), random);
    const wrong: string[] = [];
    const identities = new Set<string>();
    for (let round = 1; round <= rounds; round += 1) {
      const running = compiled.spawn({ ...settings, dataDirectory });
      const emulator = await running.ready;
      wrong.push(
        ...(await writer.compare(emulator, emulator.credentialThumbprint)).map((one) => `round ${round}: ${one}`),
      );
      identities.add(readFileSync(emulator.caCertificatePath, "utf8") + emulator.credentialThumbprint);
      // Counted in answers, and only then in milliseconds: a busy machine must not make it wait for nothing.
      const before = writer.acknowledged + 1 + Math.floor(random() * 8);
      const { promise: enough, resolve } = Promise.withResolvers<void>();
      const written = writer.write(emulator, () => writer.acknowledged >= before && resolve());
      await enough;
      await wait(random() * 12);
      await running.kill();
      await written;
      expect(running.said).toBe("");
    }
    const last = await compiled.spawn({ ...settings, dataDirectory }).ready;
    wrong.push(...(await writer.compare(last, last.credentialThumbprint)));
    expect(wrong).toEqual([]);
    expect(identities.size).toBe(1);
    expect(writer.acknowledged).toBeGreaterThan(rounds * 2);
  });

  it("starts again wherever its start was interrupted", { timeout: 120_000 }, async () => {
    const found = new Set<number>();
    for (let files = 1; files <= filesOfAStart; files += 1) {
      const dataDirectory = dataFolder();
      const interrupted = compiled.spawn({ ...settings, dataDirectory });
      await expect.poll(() => filesIn(dataDirectory), { interval: 1, timeout: 30_000 }).toBeGreaterThanOrEqual(files);
      await interrupted.kill();
      found.add(filesIn(dataDirectory));
      const running = compiled.spawn({ ...settings, dataDirectory });
      const emulator = await running.ready;
      for (const subscription of settings.subscriptions) {
        expect(await held(emulator, subscription)).toEqual([emulator.credentialThumbprint]);
        expect((await send(emulator, { path: `/${subscription}/certificates` })).status).toBe(200);
      }
      await running.kill();
    }
    // Else every start was over before it was interrupted, and nothing was tried.
    expect(Math.min(...found)).toBeLessThan(filesOfAStart);
  });
});

/** The identity, two subscriptions in their folder, and three files for clients. */
const filesOfAStart = 7;

function filesIn(folder: string): number {
  try {
    return readdirSync(folder, { recursive: true }).length;
  } catch {
    return 0;
  }
}
