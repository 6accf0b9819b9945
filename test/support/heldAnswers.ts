import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/**
 * Another address of the service, on which whatever it says is kept back until somebody has had a look. The connection
 * is passed on byte by byte, so the service is still who the certificate says.
 */
export class HeldAnswers {
  readonly endpoint: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  private constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param looked resolves when what the service has just said may be passed on */
  static async start(endpoint: string, looked: () => Promise<void>): Promise<HeldAnswers> {
    const port = Number(new URL(endpoint).port);
    const sockets = new Set<Socket>();
    const server = createServer((client) => {
      const service = connect(port, "127.0.0.1");
      for (const socket of [client, service]) {
        sockets.add(socket);
        socket.once("close", () => {
          sockets.delete(socket);
          client.destroy();
        });
        // Either side may go at any time: that is what a kill looks like from here.
        socket.on("error", () => socket.destroy());
      }
      client.on("data", (bytes) => service.write(bytes));
      // The service may go on with what a client that is gone had sent: that is what happens to it in a network.
      client.once("end", () => service.end());
      let passedOn = Promise.resolve();
      service.on("data", (bytes) => {
        const mayPass = looked();
        passedOn = passedOn.then(async () => {
          await mayPass;
          client.write(bytes);
        });
      });
      service.once("end", () => {
        void passedOn.then(() => client.end());
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new HeldAnswers(server, sockets);
  }

  stop(): void {
    this.#server.close();
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }
}
