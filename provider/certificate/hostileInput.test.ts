import { createPrivateKey } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { azurePfx } from "../../test/support/azurePfx";
import { oddCertificate } from "../../test/support/oddCertificates";
import { CertificateError } from "../errors";
import { parseCertificate, tryParseCertificate } from "./parse";
import { pemOf } from "./pem";
import { readPemBundle } from "./pemBundle";
import { readPfx } from "./pfx";
import { parsePublishSettings } from "./publishSettings";

const { der, privateKeyPem } = oddCertificate({ alternativeUris: ["urn:uuid:0f1f6a5e-1111-4222-8333-444455556666"] });
const privateKeyDer = createPrivateKey(privateKeyPem).export({ type: "pkcs8", format: "der" });
// One round, so that time goes into many tries; and without a check value, so that the damage reaches what is inside.
const pfx = azurePfx({ privateKeyDer, certificateDer: der, iterations: 1, withoutMac: true });
const pfxWithMac = azurePfx({ privateKeyDer, certificateDer: der, iterations: 1 });
const pem = privateKeyPem + pemOf("CERTIFICATE", der);
const xml = `<?xml version="1.0" encoding="utf-8"?>
<PublishData><PublishProfile SchemaVersion="2.0" PublishMethod="AzureServiceManagementAPI">
<Subscription ServiceManagementUrl="https://management.core.windows.net/" Id="0f1f6a5e-1111-4222-8333-444455556666" Name="A &amp; B" ManagementCertificate="${pfx.toString("base64")}" />
</PublishProfile></PublishData>`;

type Mutation = (bytes: Buffer) => Buffer;

/** Where to change something: a share of the length, so that one mutation fits inputs of any size. */
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (bytes: Buffer, share: number) => Math.floor(share * bytes.length);

const overwrite = fc.tuple(place, fc.nat(255)).map(
  ([share, value]): Mutation =>
    (bytes) => {
      const changed = Buffer.from(bytes);
      changed[at(bytes, share)] = value;
      return changed;
    },
);
const insert = fc.tuple(place, fc.uint8Array({ maxLength: 8 })).map(
  ([share, more]): Mutation =>
    (bytes) => {
      const index = at(bytes, share);
      return Buffer.concat([bytes.subarray(0, index), more, bytes.subarray(index)]);
    },
);
const cut = fc.tuple(place, fc.nat(8)).map(
  ([share, length]): Mutation =>
    (bytes) => {
      const index = at(bytes, share);
      return Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + length)]);
    },
);
const repeat = fc.tuple(place, place).map(
  ([one, two]): Mutation =>
    (bytes) => {
      const [start, end] = [at(bytes, Math.min(one, two)), at(bytes, Math.max(one, two))];
      return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
    },
);
const mutation = fc
  .array(fc.oneof({ weight: 6, arbitrary: overwrite }, insert, cut, repeat), { minLength: 1, maxLength: 4 })
  .map(
    (steps): Mutation =>
      (bytes) =>
        steps.reduce((changed, step) => step(changed), bytes),
  );

const readers: readonly [string, Buffer, (bytes: Buffer) => unknown][] = [
  ["a certificate", der, parseCertificate],
  [
    "a certificate in PEM",
    Buffer.from(pemOf("CERTIFICATE", der)),
    (bytes) => parseCertificate(bytes.toString("latin1")),
  ],
  ["a PFX", pfx, (bytes) => readPfx(bytes, "")],
  ["a PFX with a check value", pfxWithMac, (bytes) => readPfx(bytes, "")],
  ["a PEM file", Buffer.from(pem), (bytes) => readPemBundle(bytes.toString("latin1"), "")],
  ["publish settings", Buffer.from(xml), (bytes) => parsePublishSettings(bytes.toString("latin1"))],
];

test.each(readers)("%s that is damaged anywhere is read or refused, and never crashes or hangs", (_, valid, read) => {
  expect(() => read(valid)).not.toThrow();
  fc.assert(
    fc.property(mutation, (mutate) => {
      try {
        read(mutate(valid));
      } catch (error) {
        expect(error).toBeInstanceOf(CertificateError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("of anything, a damaged certificate that is still read is named by its own bytes", () => {
  fc.assert(
    fc.property(mutation, (mutate) => {
      const changed = mutate(der);
      const parsed = tryParseCertificate(changed);
      if (parsed !== null) {
        expect(parsed.der).toEqual(changed);
      }
    }),
    { numRuns: 2_000 },
  );
});
