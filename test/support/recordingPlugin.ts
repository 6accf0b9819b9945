// In the place of the plugin: passes everything on to the real one, and notes it. Started by scripts/recordConversation.ts.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import {
  Client,
  credentials,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { callsOf, jsonOf } from "./conversation";
import { repositoryRoot } from "./project";

const notes = process.env["CONVERSATION_NOTES"] ?? "";

async function run(): Promise<void> {
  const main = join(repositoryRoot, "dist/provider/hosts/plugin/main.js");
  const real = spawn(process.execPath, [main, ...process.argv.slice(2)], { stdio: ["ignore", "pipe", "inherit"] });
  process.on("exit", () => real.kill());
  const [port] = (await once(real.stdout, "data")) as [Buffer];
  const client = new Client(`127.0.0.1:${port.toString().trim()}`, credentials.createInsecure());
  const calls = [...callsOf()];
  const handlers = calls.map(([method, { path, requestSerialize, responseDeserialize }]) => {
    const pass = ({ request }: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) => {
      const note = (outcome: object) =>
        appendFileSync(notes, `${JSON.stringify({ method, request: jsonOf(request), ...outcome })}\n`);
      client.makeUnaryRequest<object, object>(path, requestSerialize, responseDeserialize, request, (error, value) => {
        note(error === null ? { answer: jsonOf(value as object) } : { error: error.details });
        answer(error, value);
      });
    };
    return [method, pass] as const;
  });
  const server = new Server();
  server.addService(
    Object.fromEntries(calls) as ServiceDefinition,
    Object.fromEntries(handlers) as UntypedServiceImplementation,
  );
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (_error, bound) => {
    process.stdout.write(`${bound}\n`);
  });
}

void run();
