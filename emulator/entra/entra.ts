import { randomUUID, type X509Certificate } from "node:crypto";
import type { EmulatorClock } from "../clock";
import type { Plane } from "../plane";
import type { RateLimit } from "../rateLimit";
import { Directory, type KeyCredential, type Permission } from "./directory";
import { graphPlane, isGraphAddress } from "./graph";
import { type KeyCredentialRules, newKeyCredential } from "./keyCredentials";
import { isTokenAddress, Tokens, tokenPlane } from "./tokens";

/** An app registration of the emulator's tenant. */
export interface EmulatedApplication {
  /** The object id: what Graph's addresses name. */
  readonly objectId: string;
  /** The client id: what it signs in with. */
  readonly appId: string;
  readonly displayName: string;
}

/** A certificate that an application signs in with, as the emulator holds it. */
export type EmulatedKeyCredential = Pick<
  KeyCredential,
  "keyId" | "thumbprint" | "displayName" | "startDateTime" | "endDateTime"
> & { readonly der: Buffer };

/** Another application to begin with. */
export interface WantedApplication {
  readonly displayName: string;
  /** What it may do with applications. Default `none`: it can roll its own keys, with a proof, and read nothing. */
  readonly permission?: Permission;
}

/** What there is beside subscriptions: app registrations, and who may sign in as one. */
export interface EmulatedDirectory {
  readonly tenantId: string;
  /** May write all applications, and signs in with the emulator's credential. */
  readonly administrator: EmulatedApplication;
  /** Without the administrator. */
  readonly applications: readonly EmulatedApplication[];
  /** What an application holds now, in the order in which it came. */
  keyCredentials(objectId: string): readonly EmulatedKeyCredential[];
  /** Gives an application a certificate as if by hand. @returns its keyId */
  plant(objectId: string, der: Buffer): string;
  /** Takes one away as if by hand. */
  take(objectId: string, keyId: string): void;
}

interface EntraSettings {
  readonly folder: string | null;
  readonly clock: EmulatorClock;
  readonly rateLimit: RateLimit;
  readonly replicationReads: number;
  readonly rules: KeyCredentialRules;
  readonly administratorCertificate: X509Certificate;
  /** Default: what the folder has, else one called `app`. */
  readonly applications: readonly WantedApplication[] | undefined;
  /** As `https://127.0.0.1:PORT`, once it is known. */
  readonly endpoint: () => string;
}

const administratorName = "emulator administrator";

/** Entra and Microsoft Graph: their planes, and what tests may do behind their back. @throws {DataFolderError} */
export function openEntra(settings: EntraSettings): {
  readonly planeAt: (path: string) => Plane | null;
  readonly directory: EmulatedDirectory;
} {
  const { clock, rules } = settings;
  const directory = new Directory(settings.folder, settings.replicationReads);
  const credentialOf = (der: Buffer) =>
    newKeyCredential({ type: "AsymmetricX509Cert", usage: "Verify", key: der.toString("base64") }, randomUUID, clock, {
      ...rules,
      keyCredentialLifetimeDays: null,
    });
  const named = (displayName: string) => directory.all().find((application) => application.displayName === displayName);
  const administrator =
    named(administratorName) ??
    directory.create({
      displayName: administratorName,
      permission: "write",
      keyCredentials: [credentialOf(settings.administratorCertificate.raw)],
    });
  const wanted = settings.applications ?? (directory.all().length > 1 ? [] : [{ displayName: "app" }]);
  for (const { displayName, permission = "none" } of wanted) {
    if (named(displayName) === undefined) {
      directory.create({ displayName, permission, keyCredentials: [] });
    }
  }
  const keysOf = (objectId: string): readonly KeyCredential[] => {
    const found = directory.find(objectId.toLowerCase());
    if (found === null) {
      throw new TypeError(`The emulator has no application ${objectId}`);
    }
    return found.keyCredentials;
  };
  const planeSettings = { ...settings, directory, tokens: new Tokens() };
  const [token, graph] = [tokenPlane(planeSettings), graphPlane(planeSettings)];
  return {
    planeAt: (path) => (isTokenAddress(path) ? token : isGraphAddress(path) ? graph : null),
    directory: {
      tenantId: directory.tenantId,
      administrator: summaryOf(administrator),
      applications: directory
        .all()
        .filter(({ id }) => id !== administrator.id)
        .map(summaryOf),
      keyCredentials: (objectId) =>
        keysOf(objectId).map(({ key, ...rest }) => ({ ...rest, der: Buffer.from(key, "base64") })),
      plant: (objectId, der) => {
        const planted = credentialOf(der);
        directory.replaceKeys(objectId.toLowerCase(), [...keysOf(objectId), planted]);
        return planted.keyId;
      },
      take: (objectId, keyId) => {
        const left = keysOf(objectId).filter((credential) => credential.keyId !== keyId);
        if (left.length === keysOf(objectId).length) {
          throw new TypeError(`Application ${objectId} has no credential ${keyId}`);
        }
        directory.replaceKeys(objectId.toLowerCase(), left);
      },
    },
  };
}

function summaryOf({
  id,
  appId,
  displayName,
}: {
  id: string;
  appId: string;
  displayName: string;
}): EmulatedApplication {
  return { objectId: id, appId, displayName };
}
