import { z } from "zod";
import { AuthenticationError, ConfigurationError } from "../errors";
import type { TokenSource } from "./configuration";
import type { TokenCredential } from "./credential";

/** What is used of `@azure/identity`; checked when it is loaded, because it is not part of this package. */
interface Identity {
  readonly DefaultAzureCredential: new () => {
    getToken(scope: string, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
  };
}

const tokenSchema = z.object({ token: z.string().regex(/^[\x21-\x7e]+$/), expiresOnTimestamp: z.number().optional() });

/** A name that the compiler does not follow: the package is optional, and only programs that ask for tokens install it. */
const identityPackage: string = "@azure/identity";

/**
 * A bearer token through the optional package `@azure/identity`, which finds a way to sign in on its own
 * (environment, workload identity, managed identity, `az login`) and keeps its tokens until they expire.
 *
 * @param load replaces the package in tests
 */
export function tokenCredential(
  source: TokenSource,
  load: () => Promise<unknown> = () => import(identityPackage),
): TokenCredential {
  let signIn: Promise<InstanceType<Identity["DefaultAzureCredential"]>> | undefined;
  return {
    kind: "token",
    setting: source.setting,
    stored: source.stored,
    token: async (endpoint, signal) => {
      signIn ??= loadIdentity(load, source.setting).then(({ DefaultAzureCredential }) => new DefaultAzureCredential());
      const credential = await signIn;
      let answer: unknown;
      try {
        // The audience ends with a slash, hence two.
        answer = await credential.getToken(`${endpoint}//.default`, { abortSignal: signal });
      } catch (error) {
        signal.throwIfAborted();
        throw new AuthenticationError({
          what: "No token could be had from Entra.",
          todo: `Sign in, for instance with \`az login\`, or take token out of ${source.setting}.`,
          // Its own error may carry the whole request, assertion included.
          cause: new Error(error instanceof Error ? error.message : "unknown"),
        });
      }
      const token = tokenSchema.safeParse(answer);
      if (!token.success) {
        throw new AuthenticationError({
          what: "No token could be had from Entra: the answer holds none.",
          todo: `Sign in, for instance with \`az login\`, or take token out of ${source.setting}.`,
        });
      }
      return token.data.token;
    },
  };
}

async function loadIdentity(load: () => Promise<unknown>, setting: string): Promise<Identity> {
  const loaded = await load().catch((error: unknown) => {
    throw new ConfigurationError({
      what: `${setting} asks for a token, which needs the package @azure/identity, and that can't be loaded.`,
      todo: "Install it beside the program: npm install @azure/identity",
      cause: error,
    });
  });
  if (!isIdentity(loaded)) {
    throw new ConfigurationError({
      what: "The installed package @azure/identity has no DefaultAzureCredential.",
      todo: "Install version 4 or later: npm install @azure/identity@4",
    });
  }
  return loaded;
}

function isIdentity(loaded: unknown): loaded is Identity {
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    "DefaultAzureCredential" in loaded &&
    typeof loaded.DefaultAzureCredential === "function"
  );
}
