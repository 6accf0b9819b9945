#!/usr/bin/env node
import { createRequire } from "node:module";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { engineAddressIn } from "../engineWatch";
import { channelOptions } from "./channelOptions";
import { endAfterEngine } from "./endAfterEngine";
import { Engine } from "./engine";
import { takeEnvironment } from "./environment";
import { PluginProvider } from "./provider";
import { providerService } from "./service";

/** By its name, because sources and build lie at different depths below package.json. */
const { version } = createRequire(__filename)("pulumi-azure-certificates/package.json") as { readonly version: string };

// Without an address, an engine attaches itself later.
const engine = new Engine(engineAddressIn(process.argv.slice(2)));
const provider = new PluginProvider(engine, takeEnvironment(process.env));
const server = new Server(channelOptions);
server.addService(ResourceProviderService, providerService(provider, engine, version));
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) {
    throw error;
  }
  // The engine reads the first line as the port: nothing may be printed before it.
  process.stdout.write(`${port}\n`);
});

// Once the engine is gone nobody reads what is printed. Without a listener, each line that can't be written would be an
// exception, which is printed, which can't be written.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", () => {});
}
endAfterEngine(engine);

// Whatever nobody waits for must not end what others wait for: their outcome would be recorded nowhere.
for (const event of ["uncaughtException", "unhandledRejection"]) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  });
}
