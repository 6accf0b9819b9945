import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment, ResourceState } from "../local-engine/state/deployment";
import type { Engine } from "../test/support/engine";
import { localEngine } from "../test/support/localEngine";
import { certificateOf } from "../test/support/manyCertificates";
import { makeProject, type Project, repositoryRoot } from "../test/support/project";
import { World } from "../test/support/world";

/** One certificate and its links. */
export const groupSize = 10;
const linksPerGroup = groupSize - 1;

/** A project, and the state of any number of its resources as if an update had made them. */
export interface ScaleStack {
  readonly project: Project;
  /** Writes the state of that many resources, and makes them what the program says. */
  fill(resources: number): Promise<void>;
  remove(): void;
}

const groupName = (group: number): string => `team-${String(group).padStart(4, "0")}`;

/** Each link has a subscription of its own: copies of a certificate then never meet. */
const subscriptionOf = (group: number, link: number): string =>
  `00000000-0000-4000-8000-${(group * linksPerGroup + link).toString(16).padStart(12, "0")}`;

const ourProgram = `
const { ManagementCertificate, SubscriptionCertificateLink } = require("pulumi-azure-certificates");
for (const { name, subscriptions } of require("groups")) {
  const certificate = new ManagementCertificate(name, {
    organization: "Contoso",
    holders: ["alice@contoso.example", "bob@contoso.example"],
  });
  subscriptions.forEach((subscriptionId, index) => {
    new SubscriptionCertificateLink(name + "-" + index, { subscriptionId, certificate });
  });
}
`;

/**
 * A tenth certificates, the rest links. One group is made for real; the others are copies of its records with other names,
 * subscriptions and certificates, all of one key.
 *
 * @param provider `plugin`: the same program with the native plugin; `empty`: with a provider that does nothing
 */
export async function accessStack(provider: "ours" | "plugin" | "empty" = "ours"): Promise<ScaleStack> {
  const engine: Engine = { ...localEngine(), host: provider === "plugin" ? "plugin" : "dynamic" };
  const world = await World.start(engine, {
    now: new Date().toISOString(),
    emulator: { subscriptions: Array.from({ length: linksPerGroup }, (_, link) => subscriptionOf(0, link)) },
    name: "access",
    stack: "prod",
    program: ourProgram,
  });
  const setGroups = (groups: number): void => {
    const list = Array.from({ length: groups }, (_, group) => ({
      name: groupName(group),
      subscriptions: Array.from({ length: linksPerGroup }, (_, link) => subscriptionOf(group, link)),
    }));
    world.project.addModule("groups", `module.exports = ${JSON.stringify(list)};`);
  };
  setGroups(1);
  await world.up();
  const made = await world.export();
  // Nothing below asks Azure anything.
  await world.emulator.stop();
  if (provider === "empty") {
    hollowOut(world.project);
  }
  const [template, frame] = split(made, groupName(0));
  return {
    project: world.project,
    fill: async (resources) => {
      const groups = Math.ceil(resources / groupSize);
      setGroups(groups);
      const now = new Date();
      const copies = Array.from({ length: groups - 1 }, (_, index) => copyOfGroup(template, index + 1, now)).flat();
      await world.import(withResources(made, [...frame, ...template, ...copies]));
    },
    remove: () => world.project.remove(),
  };
}

function copyOfGroup(template: readonly ResourceState[], group: number, now: Date): ResourceState[] {
  const outputs = template[0]?.outputs ?? {};
  const text = (name: string): string => String(outputs[name]);
  const key = JSON.parse(String((outputs["privateKeyPem"] as { plaintext?: unknown }).plaintext)) as string;
  const certificate = certificateOf(key, groupName(group), now);
  const json = JSON.stringify(template);
  const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);
  const replacements: readonly (readonly [string, string])[] = [
    [inJson(text("certificatePem")), inJson(certificate.pem)],
    [base64Of(text("certificatePem")), certificate.der.toString("base64")],
    [text("thumbprint"), certificate.thumbprint],
    [text("sha256Fingerprint"), certificate.sha256Fingerprint],
    [text("serialNumber"), certificate.serialNumber],
    [text("lineage"), certificate.lineage ?? ""],
    [groupName(0), groupName(group)],
    ...Array.from(
      { length: linksPerGroup },
      (_, link) => [subscriptionOf(0, link), subscriptionOf(group, link)] as const,
    ),
  ];
  return JSON.parse(replacements.reduce((copy, [from, to]) => copy.replaceAll(from, to), json)) as ResourceState[];
}

function base64Of(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, "");
}

const emptyProvider = `{
  async check(_olds, news) { return { inputs: news }; },
  async diff() { return { changes: false }; },
  async create(inputs) { return { id: "empty", outs: inputs }; },
}`;

/** Puts a package in the place of ours that has the same resources, and a provider that does nothing. */
function hollowOut({ directory }: Project): void {
  const folder = join(directory, "node_modules/pulumi-azure-certificates");
  rmSync(folder);
  mkdirSync(folder);
  const sdk = JSON.stringify(join(repositoryRoot, "dist/sdk/nodejs/index.js"));
  writeFileSync(join(folder, "index.js"), `module.exports = require(${sdk});`);
  writeFileSync(
    join(folder, "dynamic.js"),
    `exports.managementCertificate = ${emptyProvider};\nexports.subscriptionCertificateLink = ${emptyProvider};\n`,
  );
}

const emptyProgram = `
const pulumi = require("@pulumi/pulumi");
const provider = ${emptyProvider};
class Empty extends pulumi.dynamic.Resource {
  constructor(name) { super(provider, name, {}); }
}
for (let index = 0; index < require("groups"); index += 1) { new Empty("empty-" + String(index).padStart(5, "0")); }
`;

/** Dynamic resources with nothing in them, their provider serialized into the state: the least that any of them can cost. */
export async function emptyStack(): Promise<ScaleStack> {
  const engine = localEngine();
  const project = await makeProject({
    name: "access",
    stack: "prod",
    program: emptyProgram,
    // The local engine wants to know that it is far from Azure; nobody calls there.
    config: { "azure-certificates:managementEndpoint": "https://127.0.0.1:1" },
  });
  project.addModule("groups", "module.exports = 1;");
  const outcome = await engine.up(project);
  if (!outcome.succeeded) {
    throw new Error(outcome.text);
  }
  const made = await engine.export(project);
  const [template, frame] = split(made, "empty-00000");
  return {
    project,
    fill: async (resources) => {
      project.addModule("groups", `module.exports = ${resources};`);
      const json = JSON.stringify(template);
      const copies = Array.from(
        { length: resources },
        (_, index) =>
          JSON.parse(json.replaceAll("empty-00000", `empty-${String(index).padStart(5, "0")}`)) as ResourceState[],
      );
      await engine.import(project, withResources(made, [...frame, ...copies.flat()]));
    },
    remove: () => project.remove(),
  };
}

/** The resources whose name begins so, and the others: the stack and its provider. */
function split({ deployment }: Deployment, name: string): [ResourceState[], ResourceState[]] {
  const isOfGroup = ({ urn }: ResourceState): boolean => urn.includes(`::${name}`);
  return [deployment.resources.filter(isOfGroup), deployment.resources.filter((resource) => !isOfGroup(resource))];
}

function withResources(made: Deployment, resources: readonly ResourceState[]): Deployment {
  return { ...made, deployment: { ...made.deployment, resources } };
}
