import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import { RequestFailed } from "./failure";

const namespace = "http://schemas.microsoft.com/windowsazure";

/** One entry of a subscription's list. */
export interface ListedCertificate {
  /** Upper-case. */
  readonly thumbprint: string;
  /** As it was uploaded: old entries hold a PKCS#12 blob instead of a certificate. */
  readonly data: Buffer;
  /** As the service writes it, with up to seven digits of a second. */
  readonly createdAt: string;
}

/** Base64 and hexadecimal digits need no escaping, so the body is plain text. The order of the elements is significant. */
export function encodeSubscriptionCertificate(parts: {
  readonly publicKeyPkcs1: Uint8Array;
  readonly thumbprint: string;
  readonly der: Uint8Array;
}): string {
  return (
    `<?xml version="1.0" encoding="utf-8"?><SubscriptionCertificate xmlns="${namespace}">` +
    `<SubscriptionCertificatePublicKey>${Buffer.from(parts.publicKeyPkcs1).toString("base64")}</SubscriptionCertificatePublicKey>` +
    `<SubscriptionCertificateThumbprint>${parts.thumbprint}</SubscriptionCertificateThumbprint>` +
    `<SubscriptionCertificateData>${Buffer.from(parts.der).toString("base64")}</SubscriptionCertificateData>` +
    "</SubscriptionCertificate>"
  );
}

const certificateSchema = z
  .object({
    SubscriptionCertificateThumbprint: z.string().regex(/^[0-9a-fA-F]{40}$/),
    // Verbatim and possibly somebody else's: not for us to find fault with.
    SubscriptionCertificateData: z.string(),
    Created: z.string().default(""),
  })
  .transform(
    (entry): ListedCertificate => ({
      thumbprint: entry.SubscriptionCertificateThumbprint.toUpperCase(),
      data: Buffer.from(entry.SubscriptionCertificateData, "base64"),
      createdAt: entry.Created,
    }),
  );

const listSchema = z.object({
  SubscriptionCertificates: z.union([
    z.literal("").transform((): ListedCertificate[] => []),
    z
      .object({ SubscriptionCertificate: z.array(certificateSchema).default([]) })
      .transform((list) => list.SubscriptionCertificate),
  ]),
});

const getSchema = z.object({ SubscriptionCertificate: z.array(certificateSchema).length(1) });

/** One change of a subscription, as its log of operations tells of it. */
export interface SubscriptionOperation {
  /** As `AddSubscriptionCertificate`. */
  readonly name: string;
  /** Everything that says what was changed: the object's id and the operation's parameters. */
  readonly about: readonly string[];
  readonly succeeded: boolean;
  /** As the service writes it. */
  readonly startedAt: string;
  /** Upper-case; null where it was no certificate that signed in. */
  readonly callerThumbprint: string | null;
  /** Null where it was nobody of the portal. */
  readonly callerEmail: string | null;
}

const blankIsNull = z
  .string()
  .default("")
  .transform((text) => (text === "" ? null : text));
const parametersSchema = z.union([
  z.literal(""),
  z.object({ OperationParameter: z.array(z.union([z.literal(""), z.object({ Value: z.string().default("") })])) }),
]);
const operationSchema = z
  .object({
    OperationName: z.string().default(""),
    OperationObjectId: z.string().default(""),
    OperationParameters: parametersSchema.optional(),
    OperationStartedTime: z.string().default(""),
    OperationStatus: z.union([z.literal(""), z.object({ Status: z.string().default("") })]).default(""),
    OperationCaller: z
      .union([
        z.literal("").transform(() => ({ SubscriptionCertificateThumbprint: null, UserEmailAddress: null })),
        z.object({ SubscriptionCertificateThumbprint: blankIsNull, UserEmailAddress: blankIsNull }),
      ])
      .default({ SubscriptionCertificateThumbprint: null, UserEmailAddress: null }),
  })
  .transform(
    (entry): SubscriptionOperation => ({
      name: entry.OperationName,
      about: [entry.OperationObjectId, ...valuesOf(entry.OperationParameters)],
      succeeded: entry.OperationStatus !== "" && entry.OperationStatus.Status === "Succeeded",
      startedAt: entry.OperationStartedTime,
      callerThumbprint: entry.OperationCaller.SubscriptionCertificateThumbprint?.toUpperCase() ?? null,
      callerEmail: entry.OperationCaller.UserEmailAddress,
    }),
  );

const operationsSchema = z.object({
  SubscriptionOperationCollection: z.union([
    z.literal("").transform(() => ({ operations: [], continuationToken: null })),
    z
      .object({
        SubscriptionOperations: z
          .union([
            z.literal("").transform((): SubscriptionOperation[] => []),
            z
              .object({ SubscriptionOperation: z.array(operationSchema).default([]) })
              .transform((list) => list.SubscriptionOperation),
          ])
          .default([]),
        ContinuationToken: blankIsNull,
      })
      .transform((answer) => ({
        operations: answer.SubscriptionOperations,
        continuationToken: answer.ContinuationToken,
      })),
  ]),
});

function valuesOf(parameters: z.infer<typeof parametersSchema> | undefined): readonly string[] {
  return parameters === undefined || parameters === ""
    ? []
    : parameters.OperationParameter.map((parameter) => (parameter === "" ? "" : parameter.Value));
}

const errorSchema = z.object({ Error: z.object({ Code: z.string(), Message: z.string().default("") }) });

/** @throws RequestFailed unreadable */
export function decodeList(body: string, requestId: string | null): readonly ListedCertificate[] {
  return decode(body, listSchema, requestId).SubscriptionCertificates;
}

/** @throws RequestFailed unreadable */
export function decodeCertificate(body: string, requestId: string | null): ListedCertificate {
  const [certificate] = decode(body, getSchema, requestId).SubscriptionCertificate;
  if (certificate === undefined) {
    throw unreadable("it holds no certificate", requestId);
  }
  return certificate;
}

/** One page. @throws RequestFailed unreadable */
export function decodeOperations(
  body: string,
  requestId: string | null,
): { readonly operations: readonly SubscriptionOperation[]; readonly continuationToken: string | null } {
  return decode(body, operationsSchema, requestId).SubscriptionOperationCollection;
}

/** The service's code and message; null where the body is no error of the service, such as a proxy's page. */
export function decodeError(body: string): { readonly code: string; readonly message: string } | null {
  const result = errorSchema.safeParse(parse(body));
  return result.success ? { code: result.data.Error.Code, message: result.data.Error.Message } : null;
}

function decode<Schema extends z.ZodType>(body: string, schema: Schema, requestId: string | null): z.output<Schema> {
  const document = parse(body);
  if (document === null) {
    throw unreadable("it is no well-formed XML", requestId);
  }
  const result = schema.safeParse(document);
  if (!result.success) {
    throw unreadable(`${result.error.issues[0]?.path.join("/") ?? "it"} is not as documented`, requestId);
  }
  return result.data;
}

function unreadable(detail: string, requestId: string | null): RequestFailed {
  return new RequestFailed({ kind: "unreadable", detail, requestId });
}

const parser = new XMLParser({
  ignoreAttributes: true,
  removeNSPrefix: true,
  parseTagValue: false,
  // Entities can blow a small answer up to any size, and nothing that the service sends needs them.
  processEntities: false,
  isArray: (name) => ["SubscriptionCertificate", "SubscriptionOperation", "OperationParameter"].includes(name),
});

/** Null where it can't be read, whatever the reason: the reader's own words may quote the answer. */
function parse(body: string): unknown {
  const text = body.replace(/^\uFEFF/, "").trim();
  if (/<!DOCTYPE/i.test(text)) {
    return null;
  }
  try {
    // What the validator lets pass, the parser may still throw at: a hundred levels, a name that is a trap, a cut-off instruction.
    return XMLValidator.validate(text) === true ? parser.parse(text) : null;
  } catch {
    return null;
  }
}
