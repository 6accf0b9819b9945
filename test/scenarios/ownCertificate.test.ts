import { createPrivateKey } from "node:crypto";
import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCertificate } from "../../provider/certificate/parse";
import { makeCertificate } from "../contract/clientCertificates";
import { isStageOfAll, stages } from "../support/engine";
import { World } from "../support/world";

const program = `
const pulumi = require("@pulumi/pulumi");
const { ApplicationCertificateLink, CertificateFile, credential, ManagementCertificate } = require("pulumi-azure-certificates");
const config = new pulumi.Config();
const certificate = new ManagementCertificate("deployer");
const link = new ApplicationCertificateLink("deployer", { appId: config.require("appId"), certificate, verify: "used" });
const signIn = credential({ certificate, links: [link] });
const file = new CertificateFile("deployer", { credential: signIn, path: config.require("keyPath") });
exports.environment = signIn.environment({ tenantId: config.require("tenantId"), clientId: config.require("appId"), certificatePath: file.path });
exports.appsettings = signIn.appsettings({ tenantId: config.require("tenantId"), clientId: config.require("appId") });
`;

describe.each(stages())(
  "an application that a program signs in as, and that may change nothing but its own keys, on the $title,",
  (stage) => {
    let world: World;
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "own-certificate-"));
    });
    afterEach(async () => {
      await world.stop();
      rmSync(folder, { recursive: true });
    });

    it("has its certificate rotated by that very program, and can sign in at every moment", async () => {
      world = await World.start(stage, {
        program,
        emulator: { applications: [{ displayName: "deployer", permission: "read" }] },
      });
      const { directory } = world.emulator;
      const [application] = directory.applications;
      const { appId = "", objectId = "" } = application ?? {};
      const byHand = await makeCertificate({ notBefore: new Date("2026-12-01"), notAfter: new Date("2027-12-01") });
      const bootstrapPath = join(folder, "bootstrap.pem");
      writeFileSync(bootstrapPath, `${byHand.cert}${byHand.key}`, { mode: 0o600 });
      const keyByHand = directory.plant(objectId, byHand.der);
      const keyPath = join(folder, "keys/deployer.pem");
      const signInWith = (path: string) =>
        world.project.addConfig({
          "azure-certificates:clientId": appId,
          "azure-certificates:entraCertificatePath": path,
          appId,
          keyPath,
          tenantId: directory.tenantId,
        });
      const accepted = () => directory.keyCredentials(objectId).map(({ thumbprint }) => thumbprint);
      const inFile = () => parseCertificate(readFileSync(keyPath)).thumbprint;

      // Once by hand: somebody has to let the program in.
      signInWith(bootstrapPath);
      const { outputs } = await world.up();
      const first = await world.thumbprint("deployer");
      expect(accepted()).toEqual([byHand.thumbprint, first]);
      expect(inFile()).toBe(first);
      expect(lstatSync(keyPath).mode & 0o777).toBe(0o600);
      expect(outputs).toMatchObject({ environment: "[secret]", appsettings: "[secret]" });
      expect(() => createPrivateKey(readFileSync(keyPath))).not.toThrow();

      // From here on it carries its own key. The one made by hand may go.
      signInWith(keyPath);
      directory.take(objectId, keyByHand);
      expect((await world.up()).changes).toMatchObject({ same: expect.any(Number) });

      world.at("2027-09-05");
      expect((await world.preview()).text).toContain(
        `registers the successor of ${first.slice(0, 8)}… on application ${appId}`,
      );
      await world.up();
      const second = await world.thumbprint("deployer");
      expect([accepted(), inFile()]).toEqual([[first, second], second]);

      world.at("2027-09-12");
      expect((await world.preview()).text).toContain(`once ${second.slice(0, 8)}… has signed in there`);
      await world.up();
      expect([accepted(), inFile()]).toEqual([[second], second]);
      expect(world.emulator.journal().filter(({ method }) => method === "PATCH")).toEqual([]);

      // To take the key away that it signs in with would be the last thing it does: nothing of it goes.
      const failed = await world.tryDestroy();
      expect(failed.succeeded).toBe(false);
      expect(failed.text).toContain("the provider signs in with it");
      expect([accepted(), existsSync(keyPath)]).toEqual([[second], true]);
    });

    it.runIf(isStageOfAll(stage))("keeps its previous key while the new one does not sign in", async () => {
      world = await World.start(stage, {
        program,
        emulator: { applications: [{ displayName: "deployer", permission: "read" }] },
      });
      const { directory } = world.emulator;
      const [application] = directory.applications;
      const { appId = "", objectId = "" } = application ?? {};
      world.project.addConfig({ appId, keyPath: join(folder, "deployer.pem"), tenantId: directory.tenantId });
      await world.up();
      world.at("2027-09-05");
      await world.up();
      const both = directory.keyCredentials(objectId).map(({ thumbprint }) => thumbprint);

      world.at("2027-09-12");
      // The administrator signs in first, then the new key is tried.
      world.emulator.misbehave([
        {
          match: { method: "POST", pathContains: "/oauth2/v2.0/token" },
          skip: 1,
          times: 10,
          do: { kind: "status", status: 401, code: "invalid_client", message: "AADSTS700027: not today" },
        },
      ]);
      const failed = await world.tryUp();
      expect(failed.succeeded).toBe(false);
      expect(failed.text).toContain(
        `does not sign in to application ${appId}, so ${both[0]?.slice(0, 8)}… is not retired`,
      );
      expect(directory.keyCredentials(objectId)).toHaveLength(2);

      world.emulator.misbehave([]);
      await world.up();
      expect(directory.keyCredentials(objectId).map(({ thumbprint }) => thumbprint)).toEqual([both[1]]);
    });
  },
);
