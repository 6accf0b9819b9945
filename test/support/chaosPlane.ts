import type { Emulator } from "../../emulator/emulator";
import type { Fault } from "../../emulator/faults";
import type { JournalEntry } from "../../emulator/journal";
import type { Values } from "../../provider/resources/lifecycle";
import type { SmallStack } from "./smallStack";

interface Registered {
  readonly thumbprint: string;
  readonly der: Buffer;
}

/** Where the links of a case lead: all else is the same for each of Azure's planes. */
export interface ChaosPlane {
  readonly name: string;
  link(stack: SmallStack, name: string, certificate: Values): Promise<Values>;
  /** Without the certificate that the run signs in with. */
  registered(emulator: Emulator): readonly Registered[];
  plant(emulator: Emulator, der: Buffer): void;
  take(emulator: Emulator, thumbprint: string): void;
  /** The requests that a case counts and disturbs. How a token is had is not ours to be disturbed: its library waits in real time. */
  readonly disturbs: NonNullable<Fault["match"]>;
}

/** The requests that a case counts. */
export function countedRequests({ disturbs }: ChaosPlane, emulator: Emulator): readonly JournalEntry[] {
  const { pathContains = "" } = disturbs;
  return emulator.journal().filter(({ path }) => path.includes(pathContains));
}

export const subscriptionPlane: ChaosPlane = {
  name: "subscription",
  link: (stack, name, certificate) => stack.link(name, certificate),
  registered: (emulator) =>
    emulator
      .certificates(emulator.subscriptions[0] ?? "")
      .filter(({ thumbprint }) => thumbprint !== emulator.credentialThumbprint),
  plant: (emulator, der) => emulator.plant(emulator.subscriptions[0] ?? "", der),
  take: (emulator, thumbprint) => emulator.take(emulator.subscriptions[0] ?? "", thumbprint),
  disturbs: {},
};

export const applicationPlane: ChaosPlane = {
  name: "application",
  link: (stack, name, certificate) => stack.applicationLink(name, certificate),
  registered: ({ directory }) => directory.keyCredentials(firstApplication(directory)),
  plant: ({ directory }, der) => {
    directory.plant(firstApplication(directory), der);
  },
  take: ({ directory }, thumbprint) => {
    const id = firstApplication(directory);
    for (const { keyId } of directory.keyCredentials(id).filter((one) => one.thumbprint === thumbprint)) {
      directory.take(id, keyId);
    }
  },
  disturbs: { pathContains: "/v1.0/applications" },
};

function firstApplication({ applications }: Emulator["directory"]): string {
  return applications[0]?.objectId ?? "";
}
