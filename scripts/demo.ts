// `make demo`: a year with the examples, against the emulator, on the Pulumi CLI where there is one and on the local engine otherwise.
import { randomUUID } from "node:crypto";
import { createColors } from "picocolors";
import { engines } from "../test/support/engine";
import { World } from "../test/support/world";
import { someoneElsesCertificate } from "./demo/foreign";
import { holdings } from "./demo/holdings";

const colours = createColors(process.stdout.isTTY === true);
const startedAt = performance.now();

async function main(): Promise<void> {
  // The Pulumi CLI comes last where there is one.
  const engine = engines().at(-1);
  if (engine === undefined) {
    throw new Error("there is no engine to run the examples on");
  }
  say(
    engine.name === "pulumi"
      ? "Runs on the Pulumi CLI found on PATH, with a state, a home and a passphrase of its own in a temporary folder."
      : "Runs on the local engine of this package: no Pulumi CLI is installed here. The programs are the same.",
  );
  say("Azure is the emulator of this package, on 127.0.0.1, over mutual TLS. Its clock is moved through the year.");

  const production = randomUUID();
  const staging = randomUUID();
  const doors = { [production]: "production", [staging]: "staging" };
  const parts = { emulator: { subscriptions: [production, staging] }, now: "2027-01-04T09:00:00Z" };

  const pipeline = await World.start(engine, { ...parts, from: "examples/quickstart" });
  try {
    const foreign = someoneElsesCertificate(new Date("2026-01-01"));
    pipeline.emulator.plant(production, foreign);
    const show = () => holdings(pipeline.emulator, doors, colours);

    act("4 January: the first upload", "examples/quickstart: one certificate, two subscriptions.");
    say(show());
    tell((await pipeline.preview()).text);
    tell((await pipeline.up()).text, { onlyCounts: true });
    say(show());

    pipeline.at("2027-09-06T09:00:00Z");
    act("6 September: what is due?", "A preview in a pull request. It needs no credential and changes nothing.");
    tell((await pipeline.preview()).text);

    act("6 September: the rotation", "The new certificate is registered everywhere; the old one stays for a week.");
    tell((await pipeline.up()).text);
    say(show());

    pipeline.at("2027-09-13T09:00:00Z");
    act("13 September: the old certificate is retired", "Its overlap has ended, on each subscription for itself.");
    tell((await pipeline.preview()).text);
    tell((await pipeline.up()).text, { onlyCounts: true });
    say(show());

    act("Destroy", "Only what was there before is left.");
    tell((await pipeline.destroy()).text);
    say(show());
  } finally {
    await pipeline.stop();
  }

  const team = await World.start(engine, {
    ...parts,
    now: "2027-10-01T09:00:00Z",
    from: "examples/team",
    config: {
      people: JSON.stringify(["alice", "bob"]),
      subscriptions: JSON.stringify({ production, staging }),
    },
  });
  try {
    const show = () => holdings(team.emulator, doors, colours);
    act("1 October: a team", "examples/team: a certificate for each person, and one that both share.");
    tell((await team.up()).text, { onlyCounts: true });
    say(show());

    team.at("2027-11-15T17:00:00Z");
    team.project.addConfig({ people: JSON.stringify(["alice"]) });
    act("15 November: Bob leaves", "One name is removed from the program. What follows?");
    tell((await team.preview()).text);
    tell((await team.up()).text, { onlyCounts: true });
    say(show());

    team.at("2027-12-01T09:00:00Z");
    team.project.addConfig({ subscriptions: JSON.stringify({ production }) });
    act("1 December: staging is given up", "Its links go, and with them the certificates.");
    tell((await team.preview()).text);
    tell((await team.up()).text, { onlyCounts: true });
    say(show());

    act("Destroy", "Nothing of ours is left.");
    tell((await team.destroy()).text, { onlyCounts: true });
    say(show());
  } finally {
    await team.stop();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  say(colours.dim(`A year in ${seconds} seconds, on the ${engine.name === "pulumi" ? "Pulumi CLI" : engine.name}.`));
}

function act(title: string, subtitle: string): void {
  process.stdout.write(`\n${colours.bold(colours.cyan(`━━ ${title}`))}\n   ${subtitle}\n\n`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the engine said, set apart from what the demo says. */
function tell(text: string, { onlyCounts = false } = {}): void {
  const lines = text.trim().split("\n");
  const counts = lines.findIndex((line) => line.startsWith("Resources:"));
  const shown = onlyCounts && counts >= 0 ? lines.slice(counts) : lines;
  process.stdout.write(`${shown.map((line) => `${colours.dim("│")} ${line}`.trimEnd()).join("\n")}\n\n`);
}

void main();
