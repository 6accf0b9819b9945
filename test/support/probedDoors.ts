import { Agent } from "node:https";
import type { Emulator, EmulatorSettings } from "../../emulator/emulator";
import type { Fault } from "../../emulator/faults";
import { assertionOf, keyIn, signIn as signInToEntra } from "../contract/entraFixture";
import { type SignInAnswer, signIn } from "./signIn";

type Met = Required<Pick<Fault, "match" | "skip">>;

/** Three doors of one kind: how a program links to them, how somebody signs in there, and which requests change them. */
export interface ProbedDoors {
  readonly title: string;
  readonly emulator: EmulatorSettings;
  /** As the state names them. */
  ids(emulator: Emulator): readonly string[];
  /** JavaScript that links `certificate` to a door. */
  linkText(name: string, door: number): string;
  signIn(emulator: Emulator, authority: string, id: string, pem: string): Promise<SignInAnswer>;
  /** Part of the path of each request that changes a door. */
  readonly changesAt: string;
  /** The requests that register something at a door, and those that remove something: in an update that has registered before, or not. */
  adding(id: string): Met;
  removing(id: string): Met;
  removingAfterAdding(id: string): Met;
}

export const subscriptionDoors: ProbedDoors = {
  title: "subscriptions",
  emulator: {},
  ids: ({ subscriptions }) => subscriptions,
  linkText: (name, door) =>
    `new SubscriptionCertificateLink("${name}", { subscriptionId: doors[${door}], certificate })`,
  signIn: ({ endpoint }, authority, id, pem) => signIn(endpoint, authority, id, pem),
  changesAt: "/certificates",
  adding: (subscriptionId) => ({ match: { method: "POST", subscriptionId }, skip: 0 }),
  removing: (subscriptionId) => ({ match: { method: "DELETE", subscriptionId }, skip: 0 }),
  removingAfterAdding: (subscriptionId) => ({ match: { method: "DELETE", subscriptionId }, skip: 0 }),
};

/** Who signs in is said by what is sent, not by the connection: one that is there already will do. */
const connections = new Agent({ keepAlive: true });

const writing = (appId: string, skip: number): Met => ({ match: { method: "PATCH", pathContains: appId }, skip });

export const applicationDoors: ProbedDoors = {
  title: "applications",
  emulator: { applications: ["one", "two", "three"].map((displayName) => ({ displayName })) },
  ids: ({ directory }) => directory.applications.map(({ appId }) => appId),
  // Nobody else has a key there: the last one goes with its link.
  linkText: (name, door) =>
    `new ApplicationCertificateLink("${name}", { appId: doors[${door}], certificate, allowLast: true })`,
  signIn: async (emulator, _authority, id, pem) => {
    const assertion = await assertionOf(emulator, id, keyIn(pem));
    const { status, body } = await signInToEntra(emulator, id, assertion, {}, connections);
    if (status === 200) {
      return "accepted";
    }
    // AADSTS700027: no such key among the application's.
    return status === 401 && JSON.stringify(body).includes("AADSTS700027")
      ? "refused"
      : `neither: ${status} ${JSON.stringify(body).slice(0, 300)}`;
  },
  changesAt: "/v1.0/applications",
  adding: (appId) => writing(appId, 0),
  removing: (appId) => writing(appId, 0),
  removingAfterAdding: (appId) => writing(appId, 1),
};
