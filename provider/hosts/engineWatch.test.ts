import { createServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { EngineWatch, engineAddressIn } from "./engineWatch";

describe("the watch over the engine", () => {
  let engine: Server;
  let address: string;
  beforeEach(async () => {
    engine = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => engine.listen(0, "127.0.0.1", resolve));
    const bound = engine.address();
    address = `127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`;
  });
  afterEach(() => new Promise<void>((resolve) => engine.close(() => resolve())));

  const stop = () => new Promise<void>((resolve) => engine.close(() => resolve()));

  it("is content while somebody listens at the engine's address, however often it asks", async () => {
    const watch = new EngineWatch(address);
    await Promise.all([watch.assertAlive(), watch.assertAlive()]);
    await watch.assertAlive();
  });

  it("ends the work as soon as nobody does", async () => {
    const watch = new EngineWatch(address);
    await watch.assertAlive();
    await stop();
    await expect(watch.assertAlive()).rejects.toMatchObject({
      code: "ERR_ENGINE_GONE",
      message: expect.stringMatching(/nothing more is changed.*Run the update again/),
    });
  });

  it("asks each time: an engine that was there a moment ago proves nothing", async () => {
    const watch = new EngineWatch(address);
    for (let asked = 0; asked < 3; asked += 1) {
      await watch.assertAlive();
    }
    await stop();
    await expect(watch.assertAlive()).rejects.toThrow();
  });

  it("finds the engine's address behind the flags that Pulumi passes on", async () => {
    const watch = new EngineWatch(
      engineAddressIn(["--logtostderr", "-v=9", "--tracing", "tcp://127.0.0.1:1", address]),
    );
    await watch.assertAlive();
    await stop();
    await expect(watch.assertAlive()).rejects.toThrow();
  });

  it.each([[[]], [[""]], [["engine"]], [["127.0.0.1:"]], [["-v=9"]]])(
    "watches nothing where there is no address: %j",
    async (none) => {
      await new EngineWatch(engineAddressIn(none)).assertAlive();
    },
  );
});
