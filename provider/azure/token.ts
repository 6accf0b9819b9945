import { z } from "zod";
import { AuthenticationError, ConfigurationError } from "../errors";
import type { TokenSource as ConfiguredTokenSource } from "./configuration";
import type { TokenCredential } from "./credential";

interface Signer {
  getToken(scope: string, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** What is used of `@azure/identity`; checked when it is loaded, because it is not part of this package. */
interface Identity {
  readonly DefaultAzureCredential: new (options?: object) => Signer;
  readonly ClientCertificateCredential: new (
    tenantId: string,
    clientId: string,
    configuration: { readonly certificate: string },
    options: object,
  ) => Signer;
}

const tokenSchema = z.object({ token: z.string().regex(/^[\x21-\x7e]+$/), expiresOnTimestamp: z.number().optional() });

/** A name that the compiler does not follow: the package is optional, and only programs that ask for tokens install it. */
const identityPackage: string = "@azure/identity";
export const importIdentity = (): Promise<unknown> => import(identityPackage);

/** What a token is for, and what errors say about it. */
interface TokenSource {
  readonly scopeOf: (endpoint: string) => string;
  /** What to do where none can be had. */
  readonly todo: string;
}

/**
 * A bearer token through the optional package `@azure/identity`, which finds a way to sign in on its own
 * (environment, workload identity, managed identity, `az login`) and keeps its tokens until they expire.
 *
 * @param load replaces the package in tests
 */
export function tokenCredential(source: ConfiguredTokenSource, load = importIdentity): TokenCredential {
  let signer: Promise<Signer> | undefined;
  return {
    kind: "token",
    setting: source.setting,
    stored: source.stored,
    thumbprint: null,
    token: tokenFrom(
      {
        // The audience ends with a slash, hence two.
        scopeOf: (endpoint) => `${endpoint}//.default`,
        todo: `Sign in, for instance with \`az login\`, or take token out of ${source.setting}.`,
      },
      () => {
        signer ??= loadIdentity(load, source.setting).then(
          ({ DefaultAzureCredential }) => new DefaultAzureCredential(),
        );
        return signer;
      },
    ),
  };
}

/** How a credential gets its tokens: whoever signs in is made when the first one is asked for. */
export function tokenFrom({ scopeOf, todo }: TokenSource, signerOf: () => Promise<Signer>): TokenCredential["token"] {
  return async (endpoint, signal) => {
    const signer = await signerOf();
    let answer: unknown;
    try {
      answer = await signer.getToken(scopeOf(endpoint), { abortSignal: signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new AuthenticationError({
        what: "No token could be had from Entra.",
        todo,
        // Its own error may carry the whole request, assertion included.
        cause: new Error(error instanceof Error ? error.message : "unknown"),
      });
    }
    const token = tokenSchema.safeParse(answer);
    if (!token.success) {
      throw new AuthenticationError({ what: "No token could be had from Entra: the answer holds none.", todo });
    }
    return token.data.token;
  };
}

/** @param whoAsks begins the sentence that says what needs the package */
export async function loadIdentity(load: () => Promise<unknown>, whoAsks: string): Promise<Identity> {
  const loaded = await load().catch((error: unknown) => {
    throw new ConfigurationError({
      what: `${whoAsks} asks for a token, which needs the package @azure/identity, and that can't be loaded.`,
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
