import { expect, it } from "vitest";
import { oddCertificate } from "../test/support/oddCertificates";
import { publicKeyOf, readAddRequest, readCertificate } from "./addRequest";
import { defaultBehaviour } from "./behaviour";
import { thumbprintOf } from "./thumbprint";

const { der } = oddCertificate({ rsaBits: 1024 });
const rsaEncryption = Buffer.from("06092a864886f70d010101", "hex");
/** Still a certificate, but its key is of an algorithm that does not exist. */
const unknownKey = Buffer.from(der);
unknownKey[der.indexOf(rsaEncryption) + rsaEncryption.length - 1] = 0x7f;

const bodyOf = (data: Buffer, publicKey: string) =>
  Buffer.from(
    `<SubscriptionCertificate xmlns="http://schemas.microsoft.com/windowsazure"><SubscriptionCertificatePublicKey>${publicKey}</SubscriptionCertificatePublicKey><SubscriptionCertificateThumbprint>${thumbprintOf(data)}</SubscriptionCertificateThumbprint><SubscriptionCertificateData>${data.toString("base64")}</SubscriptionCertificateData></SubscriptionCertificate>`,
  );

it("a certificate whose kind of key nobody knows is one without an RSA key", () => {
  const certificate = readCertificate(unknownKey);
  expect(certificate !== null && publicKeyOf(certificate)).toBe("");
});

it("it is refused as any other whose public key is not the one sent", () => {
  const behaviour = { ...defaultBehaviour, minimumRsaBits: 2048 };
  expect(() => readAddRequest(bodyOf(unknownKey, "AQ=="), behaviour)).toThrow(
    expect.objectContaining({ code: "BadRequest", message: "The public key does not match the certificate." }),
  );
});

it("nor has it enough bits, where the key that was sent does not matter", () => {
  const behaviour = { ...defaultBehaviour, minimumRsaBits: 2048, publicKeyMismatch: "accepted" } as const;
  expect(() => readAddRequest(bodyOf(unknownKey, "AQ=="), behaviour)).toThrow("shorter than 2048 bits");
});
