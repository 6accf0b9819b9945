import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { defaultStateFolder, readStackState, stackFiles } from "../../local-engine/state/stackState";
import type { RecordedLink } from "./accessBook";
import type { Project } from "./project";

const linkSchema = z.object({
  urn: z.string().includes("CertificateLink"),
  delete: z.boolean().optional(),
  outputs: z.object({
    subscriptionId: z.string().optional(),
    appId: z.string().optional(),
    registered: z.array(z.object({ thumbprint: z.string() })),
  }),
});
const checkpointSchema = z.object({
  checkpoint: z.object({ latest: z.object({ resources: z.array(z.unknown()).optional() }).nullish() }),
});

/** What an engine has written down so far of the links, also in the middle of a run: both write after each step. */
export function recordedLinks(project: Project): RecordedLink[] {
  return resourcesOf(project).flatMap((resource) => {
    const { success, data } = linkSchema.safeParse(resource);
    return success && data.delete !== true
      ? [
          {
            name: data.urn.split("::").at(-1) ?? "",
            door: data.outputs.subscriptionId ?? data.outputs.appId ?? "",
            thumbprints: data.outputs.registered.map(({ thumbprint }) => thumbprint),
          },
        ]
      : [];
  });
}

/** Of everything that an engine has written down. */
export function recordedUrns(project: Project): string[] {
  return z
    .array(z.object({ urn: z.string() }))
    .parse(resourcesOf(project))
    .map(({ urn }) => urn);
}

function resourcesOf({ directory, name, stack }: Project): readonly unknown[] {
  const checkpoint = join(directory, ".pulumi-backend/.pulumi/stacks", name, `${stack}.json`);
  if (existsSync(checkpoint)) {
    return checkpointSchema.parse(JSON.parse(readFileSync(checkpoint, "utf8"))).checkpoint.latest?.resources ?? [];
  }
  return readStackState(stackFiles(join(directory, defaultStateFolder), stack)).resources;
}
