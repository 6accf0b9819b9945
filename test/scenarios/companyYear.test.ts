import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { accessOf, certificatesOf } from "../../provider/roster/access";
import { type CompanyMonth, companyYear, rosterText } from "../support/company";
import { CompanyProbe, type HeldKey, thumbprintOf } from "../support/companyProbe";
import { engines } from "../support/engine";
import { type Host, hosts } from "../support/project";
import { World } from "../support/world";

/** The same year in every run; another one with YEAR_SEED. */
const seed = Number(process.env["YEAR_SEED"] ?? 1);
/** Month by month, and the whole year with each host; otherwise every third month, and a change of hosts in July. */
const isInFull = process.env["YEAR"] === "all";
const monthOfChange = 6;

/** Hands each key to its consumer, as a deployment would: into a file, when every subscription accepts it. */
function program(host: Host): string {
  return `
const { mkdirSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { CertificateRoster } = require('pulumi-azure-certificates${host === "plugin" ? "/native" : ""}');
const staff = new CertificateRoster("contoso", { path: "team.yaml" });
mkdirSync(join(__dirname, "keys"), { recursive: true, mode: 0o700 });
for (const path of Object.keys(staff.certificates)) {
  const file = join(__dirname, "keys", path.replace("/", "_"));
  staff.credential(path).combinedPem.apply((pem) => {
    writeFileSync(file + ".new", pem, { mode: 0o600 });
    renameSync(file + ".new", file);
  });
}
`;
}

const years: readonly { readonly title: string; readonly hostIn: (month: number) => Host }[] = isInFull
  ? hosts.map((host) => ({ title: `all of it with ${host}`, hostIn: () => host }))
  : [
      {
        title: "dynamic resources first, the native plugin from July on",
        hostIn: (month) => (month < monthOfChange ? "dynamic" : "plugin"),
      },
    ];

describe.each(engines())("a year of 40 people, 12 subscriptions and 6 groups, on the engine $name", (engine) => {
  it.each(years)(
    `lets in who the file says, and nobody else, at any moment: $title (YEAR_SEED=${seed})`,
    {
      timeout: 900_000,
    },
    async ({ hostIn }) => {
      const world = await World.start({ ...engine, host: "plugin" }, { subscriptions: 12 });
      const probe = new CompanyProbe(world.emulator);
      try {
        const company = new Company(world, probe);
        const months = companyYear(world.emulator.subscriptions, seed);
        for (const [index, month] of [...months.entries()].filter(([number]) => isInFull || number % 3 === 0)) {
          world.project.setProgram(program(hostIn(index)));
          await company.live(month);
        }
      } finally {
        probe.stop();
        await world.stop();
      }
    },
  );
});

/** What is known of every key that there ever was, from the consumers' files alone. */
class Company {
  readonly #world: World;
  readonly #probe: CompanyProbe;
  /** Every key ever handed out, and who could have read it: the holders, while it was the current one. */
  readonly #knownBy = new Map<string, { readonly key: HeldKey; readonly people: Set<string> }>();
  #before: CompanyMonth | null = null;

  constructor(world: World, probe: CompanyProbe) {
    this.#world = world;
    this.#probe = probe;
  }

  async live(month: CompanyMonth): Promise<void> {
    const { date, roster, news } = month;
    this.#world.at(date);
    writeFileSync(join(this.#world.project.directory, "team.yaml"), rosterText(roster));
    const openings = this.#undisturbed(month);
    if (date === "2027-04-01" && this.#before !== null) {
      await this.#refuseHalfAFile(this.#before);
      writeFileSync(join(this.#world.project.directory, "team.yaml"), rosterText(roster));
    }
    const update = this.#world.up();
    const { refused, signIns } = await this.#probe.during(update, () => openings);
    const what = `${date}: ${news.join("; ")}`;
    expect(refused, what).toEqual([]);
    this.#takeNote(month);
    expect(this.#held(), what).toEqual(this.#expected(month));
    await this.#nobodyElseGetsIn(month, what);
    expect(signIns > 0, what).toBe(openings.length > 0);
    if (isInFull || this.#before === null) {
      const again = await this.#world.preview();
      expect(again.changes, what).toEqual({ same: again.steps.length });
    }
    this.#before = month;
  }

  /** What can't be read removes nobody, and neither does what can be read and is not all of it. */
  async #refuseHalfAFile(last: CompanyMonth): Promise<void> {
    const held = this.#held();
    const text = rosterText(last.roster);
    const people = last.roster.people.slice(0, 20);
    const isThere = (id: string) => people.some((person) => person.id === id);
    // Groups that lost somebody would rotate, which no removal waits for.
    const groups = last.roster.groups.map((group) => ({ ...group, members: group.members.filter(isThere) }));
    const half = { ...last.roster, people, groups };
    for (const [content, says] of [
      [`${text}people: [`, /team\.yaml:\d+:\d+: /],
      [rosterText(half), /20 of 40 people would leave at once/],
    ] as const) {
      writeFileSync(join(this.#world.project.directory, "team.yaml"), content);
      const { succeeded, text: said, changes } = await this.#world.tryUp();
      expect([succeeded, Object.keys(changes).filter((op) => op !== "same")]).toEqual([false, []]);
      expect(said).toMatch(says);
      expect(this.#held()).toEqual(held);
    }
  }

  /** Keys that nothing in this month may disturb: of those who stay, where they stay, and whom no leaver shared with. */
  #undisturbed({ roster }: CompanyMonth): readonly { readonly key: HeldKey; readonly subscriptionId: string }[] {
    if (this.#before === null) {
      return [];
    }
    const after = new Map(certificatesOf(roster).map((one) => [one.path, one]));
    return certificatesOf(this.#before.roster).flatMap(({ path, holders, subscriptions }) => {
      const next = after.get(path);
      const key = this.#keys().get(path);
      return next === undefined || key === undefined || holders.some((holder) => !next.holders.includes(holder))
        ? []
        : subscriptions
            .filter((name) => next.subscriptions.includes(name))
            .map((name) => ({ key, subscriptionId: this.#idOf(name, roster) }));
    });
  }

  #takeNote({ roster }: CompanyMonth): void {
    const keys = this.#keys();
    for (const { path, holders } of certificatesOf(roster)) {
      const key = keys.get(path);
      if (key !== undefined) {
        const known = this.#knownBy.get(key.pem) ?? { key, people: new Set() };
        holders.forEach((holder) => {
          known.people.add(holder);
        });
        this.#knownBy.set(key.pem, known);
      }
    }
  }

  /** What each subscription holds, less predecessors in their overlap, which the file does not say. */
  #held(): Readonly<Record<string, readonly string[]>> {
    const current = new Map([...this.#keys()].map(([path, key]) => [thumbprintOf(key), path]));
    return Object.fromEntries(
      this.#world.emulator.subscriptions.map((id, index) => [
        id,
        this.#world
          .registered(index)
          .filter((thumbprint) => !this.#isPredecessor(thumbprint))
          .map((thumbprint) => current.get(thumbprint) ?? `foreign ${thumbprint}`)
          .sort(),
      ]),
    );
  }

  #expected({ roster }: CompanyMonth): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      roster.subscriptions.map(({ name, subscriptionId }) => [
        subscriptionId,
        certificatesOf(roster)
          .filter(({ subscriptions }) => subscriptions.includes(name))
          .map(({ path }) => path)
          .sort(),
      ]),
    );
  }

  /** A key of before that is still current nowhere, and was handed out within the overlap, as of the last look. */
  #isPredecessor(thumbprint: string): boolean {
    const known = [...this.#knownBy.values()].find(({ key }) => thumbprintOf(key) === thumbprint);
    return known !== undefined && this.#keys().get(known.key.path)?.pem !== known.key.pem;
  }

  /** Every key that there ever was, at every subscription: it opens only for people who have business there. */
  async #nobodyElseGetsIn({ roster }: CompanyMonth, what: string): Promise<void> {
    const access = accessOf(roster);
    const wrong: string[] = [];
    for (const { key, people } of this.#knownBy.values()) {
      for (const { name, subscriptionId } of roster.subscriptions) {
        const intruders = [...people].filter((person) => access.get(person)?.has(name) !== true);
        if (intruders.length > 0 && (await this.#probe.letsIn(subscriptionId, key))) {
          wrong.push(`${intruders.join(", ")} with a key of ${key.path} on ${name}`);
        }
      }
    }
    expect(wrong, what).toEqual([]);
  }

  #keys(): ReadonlyMap<string, HeldKey> {
    const folder = join(this.#world.project.directory, "keys");
    return new Map(
      readdirSync(folder)
        .filter((file) => !file.endsWith(".new"))
        .map((file) => {
          const path = file.replace("_", "/");
          return [path, { path, pem: readFileSync(join(folder, file), "utf8") }];
        }),
    );
  }

  #idOf(name: string, { subscriptions }: CompanyMonth["roster"]): string {
    return subscriptions.find((one) => one.name === name)?.subscriptionId ?? "";
  }
}
