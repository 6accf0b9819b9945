import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { EmulatorSettings } from "../../emulator/emulator";
import { makeCertificate, nodeEncoding } from "./clientCertificates";
import { ours } from "./emulatorFixture";
import { CompiledEmulator, type EmulatorProcess } from "./emulatorProcess";
import { conversation, head } from "./hostileClient";
import { credentialOf, send, type WireTarget } from "./wire";

const path = `/${ours}/certificates`;

let compiled: CompiledEmulator;
let running: EmulatorProcess;
let emulator: WireTarget;
const holders: ChildProcess[] = [];

async function start(settings: EmulatorSettings): Promise<void> {
  running = compiled.spawn({ subscriptions: [ours], ...settings });
  emulator = await running.ready;
}

beforeAll(() => {
  compiled = new CompiledEmulator();
}, 60_000);

afterEach(async () => {
  for (const holder of holders.splice(0)) {
    holder.kill("SIGKILL");
  }
  expect((await send(emulator, { path })).status).toBe(200);
  expect([running.isAlive, running.said]).toEqual([true, ""]);
  await running.kill();
});

afterAll(() => compiled.dispose());

describe("many of them, or much", () => {
  /** Opens idle connections from a process of its own, because of the limit of open files. @returns when all are open */
  async function hold(count: number): Promise<void> {
    const program = `
      const { connect } = require("node:net");
      const [port, count] = process.argv.slice(1).map(Number);
      let open = 0;
      const next = () => {
        if (open === count) return console.log("open");
        const socket = connect(port, "127.0.0.1", () => { open += 1; if (open % 50 === 0) setTimeout(next, 10); else next(); });
        socket.on("error", () => {});
      };
      next();
      setInterval(() => {}, 1_000);`;
    const holder = spawn(process.execPath, ["-e", program, new URL(emulator.endpoint).port, String(count)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    holders.push(holder);
    await once(createInterface({ input: holder.stdout }), "line");
  }

  it("10,000 idle connections: honest clients are served all the time, and memory stays bounded", {
    timeout: 60_000,
  }, async () => {
    await start({ requestTimeoutMs: 30_000 });
    await send(emulator, { path });
    const before = running.residentMegabytes();
    const held = Promise.all([hold(2_500), hold(2_500), hold(2_500), hold(2_500)]);
    let isHeld = false;
    void held.then(() => {
      isHeld = true;
    });
    let served = 0;
    while (!isHeld) {
      expect((await send(emulator, { path })).status).toBe(200);
      served += 1;
    }
    await held;
    expect(served).toBeGreaterThan(5);
    expect((await send(emulator, { path })).status).toBe(200);
    expect(running.residentMegabytes() - before).toBeLessThan(250);
  });

  it("connections that were let in are bounded too, and the one that was quiet longest makes room", async () => {
    await start({ maximumConnections: 20, requestTimeoutMs: 30_000 });
    const closed: number[] = [];
    const sockets: Socket[] = [];
    for (let index = 0; index < 30; index += 1) {
      const ended = conversation(emulator, {
        identity: credentialOf(emulator),
        speak: (socket) => {
          sockets[index] = socket;
          socket.write(head(`GET /${ours} HTTP/1.1`));
        },
      });
      void ended.then(() => closed.push(index));
      await expect.poll(() => sockets[index]?.bytesRead ?? 0, { interval: 5 }).toBeGreaterThan(0);
      const first = sockets[0];
      if (index < 29) {
        // The first one never stays quiet for long.
        first?.write(head(`GET /${ours} HTTP/1.1`));
        const bytes = first?.bytesRead ?? 0;
        await expect.poll(() => first?.bytesRead ?? 0, { interval: 5 }).toBeGreaterThan(bytes);
      }
    }
    await expect.poll(() => closed.length).toBe(10);
    expect(closed.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const socket of sockets) {
      socket.destroy();
    }
  });

  it("a client that asks for megabytes and reads nothing of them is cut off", { timeout: 60_000 }, async () => {
    await start({ requestTimeoutMs: 1_000 });
    for (const certificate of await Promise.all(Array.from({ length: 60 }, () => makeCertificate()))) {
      expect((await send(emulator, { method: "POST", path, ...nodeEncoding(certificate) })).status).toBe(201);
    }
    const asked = 200;
    const heard = await conversation(emulator, {
      identity: credentialOf(emulator),
      speak: (socket) => {
        socket.pause();
        socket.write(head(`GET ${path} HTTP/1.1`).repeat(asked));
        // A socket that does not read does not learn either that it was closed.
        setTimeout(() => socket.resume(), 4_000);
      },
    });
    expect(heard.split("</SubscriptionCertificates>").length - 1).toBeLessThan(asked);
  });

  it("40,000 requests: the journal and memory stay bounded", { timeout: 120_000 }, async () => {
    await start({});
    const [batch, batches] = [100, 100];
    const lines = head(`GET /${"x".repeat(300)}?${"y".repeat(1_000)} HTTP/1.1`).repeat(batch);
    /** A quarter of them: a batch at once, and the next one when the last answer of the one before is there. */
    const flood = () =>
      conversation(emulator, {
        identity: null,
        speak: (socket) => {
          let answers = 0;
          socket.write(lines);
          socket.on("data", (chunk) => {
            const before = Math.floor(answers / batch);
            answers += String(chunk).split("</Error>").length - 1;
            if (answers >= batch * batches) {
              socket.destroy();
            } else if (Math.floor(answers / batch) > before) {
              socket.write(lines);
            }
          });
        },
      });
    await flood();
    const before = running.residentMegabytes();
    await Promise.all([flood(), flood(), flood()]);
    expect(running.residentMegabytes() - before).toBeLessThan(150);
    const journal: unknown[] = JSON.parse((await send(emulator, { path: "/emulator/journal" })).body);
    expect(journal.length).toBeGreaterThanOrEqual(10_000);
    expect(journal.length).toBeLessThanOrEqual(20_000);
    expect(JSON.stringify(journal[0]).length).toBeLessThan(600);
  });
});
