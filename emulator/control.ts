import { z } from "zod";
import type { EmulatorClock } from "./clock";
import type { EmulatedDirectory } from "./entra/entra";
import { type FaultScript, readFaults } from "./faults";
import type { Journal } from "./journal";
import type { Store } from "./store";

/** What the control endpoints show and change. They exist on the emulator only. */
export interface ControlSettings {
  readonly clock: EmulatorClock;
  readonly journal: Journal;
  readonly store: Store;
  readonly directory: EmulatedDirectory;
  readonly faults: FaultScript;
}

interface ControlAnswer {
  readonly status: number;
  /** Sent as JSON. */
  readonly content: unknown;
}

const clockSchema = z.strictObject({ now: z.iso.datetime({ offset: true }) });

/** What an application is to have, as if by hand: base64 of DER. */
const wantedKeysSchema = z.array(z.base64());

/**
 * `GET` and `PUT /emulator/clock`, `GET /emulator/journal`, `GET /emulator/certificates/{subscription}`, `GET` and
 * `PUT /emulator/applications/{objectId}` and `PUT /emulator/faults`: the in-process interface for other processes.
 */
export async function control(
  settings: ControlSettings,
  method: string,
  path: string,
  body: () => Promise<Buffer>,
): Promise<ControlAnswer> {
  const { clock, journal, store, faults } = settings;
  const subscriptionId = /^\/emulator\/certificates\/([^/]+)$/.exec(path)?.[1]?.toLowerCase();
  if (method === "GET" && subscriptionId !== undefined) {
    const subscription = store.find(subscriptionId);
    return subscription === null
      ? refusal(404, `There is no subscription ${subscriptionId}.`)
      : {
          status: 200,
          content: subscription.certificates.map(({ thumbprint, createdAt, data }) => ({
            thumbprint,
            createdAt,
            der: data,
          })),
        };
  }
  const objectId = /^\/emulator\/applications\/([^/]+)$/.exec(path)?.[1]?.toLowerCase();
  if (objectId !== undefined) {
    return application(settings.directory, objectId, method, body);
  }
  switch (`${method} ${path}`) {
    case "GET /emulator/clock":
      return clockAnswer(clock);
    case "PUT /emulator/clock": {
      const wanted = clockSchema.safeParse(await readJson(body));
      if (!wanted.success) {
        return refusal(400, `Send {"now": "2027-03-01T00:00:00Z"}. ${z.prettifyError(wanted.error)}`);
      }
      clock.set(new Date(wanted.data.now));
      return clockAnswer(clock);
    }
    case "GET /emulator/journal":
      return { status: 200, content: journal.entries() };
    case "PUT /emulator/faults": {
      const wanted = readFaults(await readJson(body));
      if (wanted.problems !== null) {
        return refusal(400, `That is no list of faults. ${wanted.problems.join(" ")}`);
      }
      faults.replace(wanted.faults);
      return { status: 200, content: wanted.faults };
    }
    default:
      return refusal(404, `${method} ${path} is no control endpoint of the emulator.`);
  }
}

async function application(
  directory: EmulatedDirectory,
  objectId: string,
  method: string,
  body: () => Promise<Buffer>,
): Promise<ControlAnswer> {
  if (!directory.applications.some((known) => known.objectId === objectId)) {
    return refusal(404, `There is no application ${objectId.slice(0, 100)}.`);
  }
  if (method === "PUT") {
    const wanted = wantedKeysSchema.safeParse(await readJson(body));
    if (!wanted.success) {
      return refusal(400, "Send a list of certificates, each as base64 of its DER.");
    }
    const present = directory
      .keyCredentials(objectId)
      .map(({ keyId, der }) => ({ keyId, der: der.toString("base64") }));
    for (const { keyId } of present.filter(({ der }) => !wanted.data.includes(der))) {
      directory.take(objectId, keyId);
    }
    for (const der of wanted.data.filter((one) => !present.some((each) => each.der === one))) {
      directory.plant(objectId, Buffer.from(der, "base64"));
    }
  }
  return {
    status: 200,
    content: directory
      .keyCredentials(objectId)
      .map(({ keyId, thumbprint, der }) => ({ keyId, thumbprint, der: der.toString("base64") })),
  };
}

export function refusal(status: number, error: string): ControlAnswer {
  return { status, content: { error } };
}

function clockAnswer(clock: EmulatorClock): ControlAnswer {
  return { status: 200, content: { now: clock.now().toISOString(), running: clock.isRunning } };
}

/** undefined for what is no JSON, which no schema accepts. */
async function readJson(body: () => Promise<Buffer>): Promise<unknown> {
  try {
    return JSON.parse((await body()).toString("utf8"));
  } catch {
    return undefined;
  }
}
