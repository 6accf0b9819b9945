import type { ResourceState } from "../local-engine/state/deployment";
import { localEngine } from "../test/support/localEngine";
import { World } from "../test/support/world";
import type { Figure } from "./figure";

const kibibyte = 1024;

const words =
  `The resource as compact JSON in an export with its secrets shown: a certificate \`on-call\` with two holders, and its
link \`on-call-production\`, in the stack \`prod\` of a project \`access\`.`.replaceAll("\n", " ");
const pulumiAdds = "Pulumi's own engine stores the place in the program (a stack trace) on top, with every resource.";

/** Bytes of state for each resource, and how many of them the engine keeps for itself. */
export async function measureStateSize(): Promise<readonly Figure[]> {
  const world = await World.start(localEngine(), {
    now: "2027-01-01",
    subscriptions: 1,
    name: "access",
    stack: "prod",
    program: program("first"),
  });
  try {
    await world.up();
    const before = await sizes(world);
    world.project.setProgram(program("second"));
    world.at("2027-02-01");
    await world.up();
    const during = await sizes(world);
    return [
      figure("Certificate that was never rotated", before.certificate, 5.5),
      figure("Certificate during an overlap", during.certificate, 5.5),
      {
        ...figure("Link of a certificate that was never rotated", before.link, 3),
        whenMissed:
          "What came to the door, when, why, with which request and by which credential is in the link's history: about 240 bytes for each entry.",
      },
      {
        ...figure("Link during an overlap", during.link, 3),
        whenMissed:
          "The predecessor comes on top for as long as the overlap lasts: in the inputs, so that the link knows it, and in what is registered, with the date of its retirement; and an entry of the link's history for each that came or went. More than two thirds of a link are the certificate itself, which every link needs to register it, and the engine's own.",
      },
      bookkeeping("of it, the engine's own: certificate", before.certificate),
      bookkeeping("of it, the engine's own: link", before.link),
    ];
  } finally {
    await world.stop();
  }
}

interface Size {
  readonly bytes: number;
  readonly ofTheEngine: number;
}

function figure(name: string, { bytes }: Size, goalKibibytes: number): Figure {
  return {
    name,
    value: bytes,
    unit: "bytes",
    // The goal is to stay below.
    goal: { atMost: goalKibibytes * kibibyte - 1 },
    how: `${words} ${pulumiAdds}`,
  };
}

function bookkeeping(name: string, { ofTheEngine }: Size): Figure {
  return {
    name,
    value: ofTheEngine,
    unit: "bytes",
    how: "The same JSON without inputs and outputs: URN, type, parent, provider, dependencies, dates; and, inside them, the `__provider` of a dynamic resource.",
  };
}

async function sizes(world: World): Promise<{ readonly certificate: Size; readonly link: Size }> {
  const { deployment } = await world.export();
  const sizeOf = (name: string): Size => {
    const resource = deployment.resources.find(({ urn }) => urn.endsWith(`::${name}`));
    if (resource === undefined) {
      throw new Error(`the state holds no ${name}`);
    }
    return { bytes: bytesOf(resource), ofTheEngine: bytesOf(withoutOurs(resource)) };
  };
  return { certificate: sizeOf("on-call"), link: sizeOf("on-call-production") };
}

function withoutOurs({ inputs, outputs, ...rest }: ResourceState): object {
  const provider = { __provider: inputs?.["__provider"] };
  return { ...rest, inputs: provider, outputs: { __provider: outputs?.["__provider"] } };
}

function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** Another trigger makes another version of the certificate. */
function program(trigger: string): string {
  return `
const pulumi = require("@pulumi/pulumi");
const { ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
const [subscriptionId] = new pulumi.Config().requireObject("subscriptions");
const certificate = new ManagementCertificate("on-call", {
  organization: "Contoso",
  holders: ["alice@contoso.example", "bob@contoso.example"],
  rotationTriggers: { ticket: "${trigger}" },
});
new SubscriptionCertificateLink("on-call-production", { subscriptionId, certificate });
`;
}
