import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { expect, it } from "vitest";
import { startEmulator } from "../../emulator/emulator";
import { type Properties, revealProperties } from "../../local-engine/values";
import { emulatorConfig } from "../support/emulatorConfig";
import { type CallFailed, HostProcess } from "../support/hostProcess";
import { certificateInput } from "../support/linkInput";
import { makeProject } from "../support/project";

const linkType = "SubscriptionCertificateLink";

it("the plugin, cancelled while an upload has taken effect and not been answered, leaves it in the state", async () => {
  const project = await makeProject({ name: "access", stack: "prod", program: "" });
  const emulator = await startEmulator();
  const settings = {
    directory: project.directory,
    config: emulatorConfig(emulator),
  };
  const [host, next] = await Promise.all([
    HostProcess.start("plugin", settings),
    HostProcess.start("plugin", settings),
  ]);
  const subscriptionId = emulator.subscriptions[0] ?? "";
  const there = () => emulator.certificates(subscriptionId).length;
  try {
    const before = there();
    const { outputs } = await host.made("ManagementCertificate", "on-call", {});
    const certificate = certificateInput(revealProperties(outputs)) as Properties;
    const { inputs } = await host.check(linkType, "link", { subscriptionId, certificate });
    emulator.misbehave([{ match: { method: "POST" }, do: { kind: "slow", milliseconds: 60_000, when: "after" } }]);
    const created = host.create(linkType, "link", inputs).then(
      () => expect.unreachable("it was created"),
      (error: CallFailed) => error,
    );
    await expect.poll(there).toBe(before + 1);
    await host.call("cancel", new Empty());
    const { kept } = await created;
    expect(kept?.reasons).toEqual([expect.stringContaining("The run was cancelled")]);
    // The run that follows takes it away with the link, although no answer ever said that it is there.
    await next.delete(linkType, "link", kept?.id ?? "", kept?.outputs ?? {});
    expect(there()).toBe(before);
  } finally {
    await Promise.all([host.stop(), next.stop()]);
    await emulator.stop();
    project.remove();
  }
});
