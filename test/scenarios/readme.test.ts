import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { stages } from "../support/engine";
import { repositoryRoot } from "../support/project";
import { World } from "../support/world";

describe.each(stages())("the program of the README on the $title", (engine) => {
  let world: World;
  afterEach(() => world.stop());

  it("does what the README says", async () => {
    const readme = readFileSync(join(repositoryRoot, "README.md"), "utf8");
    const program = /```js\n(?<text>.*?)```/s.exec(readme)?.groups?.["text"] ?? "";
    const [production = "", staging = ""] = [...program.matchAll(/= "(?<id>[0-9a-f-]{36})"/g)].map(
      (match) => match.groups?.["id"] ?? "",
    );
    expect(program.split("\n").filter((line) => line.trim() !== "").length).toBeLessThanOrEqual(20);
    world = await World.start(engine, { program, emulator: { subscriptions: [production, staging] } });
    const { outputs } = await world.up();
    const thumbprint = await world.thumbprint("on-call");
    expect([world.registered(0), world.registered(1)]).toEqual([[thumbprint], [thumbprint]]);
    expect(outputs).toEqual({ pem: "[secret]" });
  });
});
