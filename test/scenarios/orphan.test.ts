import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { localEngine } from "../support/localEngine";
import { onCallProgram } from "../support/programs";
import { hosts, repositoryRoot } from "../support/project";
import { World } from "../support/world";

describe.each(hosts)("a provider (%s) whose engine was killed", (host) => {
  let world: World;
  let engine: ChildProcess | undefined;
  afterEach(async () => {
    for (const pid of startedProcesses()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    engine?.kill("SIGKILL");
    await world.stop();
  });

  const notes = () => join(world.project.directory, "processes.txt");
  /** Every node process below the engine that is killed: nobody else knows of them any more. */
  const startedProcesses = () =>
    existsSync(notes()) ? readFileSync(notes(), "utf8").trim().split("\n").map(Number) : [];

  /** The engine as a process of its own, for it is to be killed. */
  function startUpdate(): ChildProcess {
    const preload = join(world.project.directory, "note.cjs");
    const note = `require("node:fs").appendFileSync(${JSON.stringify(notes())}, process.pid + "\\n");`;
    writeFileSync(preload, note);
    const cli = join(repositoryRoot, "dist/cli/main.js");
    return spawn(process.execPath, [cli, "local", "up", "--stack", "test", "--cwd", world.project.directory], {
      env: {
        ...process.env,
        NODE_OPTIONS: `${process.env["NODE_OPTIONS"] ?? ""} --require ${preload}`,
        AZURE_CERTIFICATES_AS_OF: "2027-02-01T00:00:00Z",
      },
      stdio: "ignore",
    });
  }

  it("makes no further change; the next run finishes what was begun", async () => {
    world = await World.start(localEngine(), { host, program: onCallProgram('holders: ["alice", "bob"]', ["prod"]) });
    await world.up();
    const one = await world.thumbprint("on-call");
    world.at("2027-02-01");

    // The successor is uploaded; then, before the answer to the look whether it is there, the engine dies.
    world.project.setProgram(onCallProgram('holders: ["alice"]', ["prod"]));
    world.emulator.clearJournal();
    world.emulator.misbehave([{ match: { method: "POST" }, do: { kind: "slow", milliseconds: 1_500, when: "after" } }]);
    engine = startUpdate();
    const requests = () => world.emulator.journal().map(({ method, status }) => `${method} ${status}`);
    await vi.waitFor(() => expect(requests()).toContain("POST 201"), { timeout: 60_000, interval: 20 });
    engine.kill("SIGKILL");
    await once(engine, "exit");
    // It still reads, which changes nothing.
    await vi.waitFor(() => expect(requests()).toHaveLength(3), { timeout: 20_000, interval: 20 });
    expect(requests()).toEqual(["GET 200", "POST 201", "GET 200"]);
    expect(startedProcesses().some(isAlive)).toBe(true);

    const finished = await world.tryUp();
    expect(finished.text).not.toContain("Failed");
    // The list comes first again: had the orphan gone on, its removal would be there before it.
    expect(requests().slice(3)).toEqual(["GET 200", "DELETE 200", "GET 200"]);
    expect(world.registered()).toEqual([await world.thumbprint("on-call")]);
    expect(world.registered()).not.toContain(one);
    if (host === "plugin") {
      // That of dynamic resources is Pulumi's own process.
      await vi.waitFor(() => expect(startedProcesses().filter(isAlive)).toEqual([]), {
        timeout: 30_000,
        interval: 100,
      });
    }
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
