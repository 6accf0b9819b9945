import forge from "node-forge";

const { asn1 } = forge;
type Asn1 = forge.asn1.Asn1;

const sequence = (...items: Asn1[]) => asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, items);
const oid = (dotted: string) =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OID, false, asn1.oidToDer(dotted).getBytes());
const octets = (bytes: string) => asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, bytes);
const integer = (value: number) =>
  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.INTEGER, false, asn1.integerToDer(value).getBytes());
const context = (...items: Asn1[]) => asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, items);
const der = (element: Asn1) => asn1.toDer(element).getBytes();

/** node-forge's own derivation, which its type declarations leave out. */
const { generateKey } = forge.pkcs12 as unknown as {
  generateKey: (
    password: string | null,
    salt: forge.util.ByteBuffer,
    id: number,
    rounds: number,
    bytes: number,
  ) => forge.util.ByteBuffer;
};

export interface AzurePfx {
  readonly privateKeyDer: Buffer;
  readonly certificateDer: Buffer;
  /** null derives from no bytes at all, as some tools do where there is no password. */
  readonly password?: string | null;
  readonly iterations?: number;
  /** Without the check value that tells a wrong password at once. */
  readonly withoutMac?: boolean;
  /** What the check value says of its rounds, whatever the truth. */
  readonly claimedIterations?: number;
  /** Eight bytes, for a file that comes out the same every time. Default: drawn. */
  readonly salt?: Buffer;
}

/**
 * A PFX as Azure's portal wrote it: the key in 3DES, the certificate in RC2 with 40 bits, both with SHA-1. Made with
 * node-forge's derivation and ciphers, that is, with none of the code under test; OpenSSL 3 makes them only as legacy.
 */
export function azurePfx(request: AzurePfx): Buffer {
  const password = request.password === undefined ? "" : request.password;
  const iterations = request.iterations ?? 2_000;
  const salt = request.salt?.toString("latin1") ?? forge.random.getBytesSync(8);
  const derive = (id: number, bytes: number) =>
    generateKey(password, forge.util.createBuffer(salt), id, iterations, bytes).getBytes();
  const encrypt = (
    cipher: {
      start(iv: string): void;
      update(b: forge.util.ByteBuffer): void;
      finish(): unknown;
      output: forge.util.ByteBuffer;
    },
    plain: string,
  ) => {
    cipher.start(derive(2, 8));
    cipher.update(forge.util.createBuffer(plain));
    cipher.finish();
    return cipher.output.getBytes();
  };
  const tripleDes = forge.cipher.createCipher("3DES-CBC", derive(1, 24));
  const key = encrypt(
    {
      start: (iv) => tripleDes.start({ iv }),
      update: (b) => tripleDes.update(b),
      finish: () => tripleDes.finish(),
      get output() {
        return tripleDes.output;
      },
    },
    request.privateKeyDer.toString("latin1"),
  );
  const scheme = (last: number) =>
    sequence(oid(`1.2.840.113549.1.12.1.${last}`), sequence(octets(salt), integer(iterations)));
  const keyBag = sequence(oid("1.2.840.113549.1.12.10.1.2"), context(sequence(scheme(3), octets(key))));
  const certificateBag = sequence(
    oid("1.2.840.113549.1.12.10.1.3"),
    context(sequence(oid("1.2.840.113549.1.9.22.1"), context(octets(request.certificateDer.toString("latin1"))))),
  );
  const certificates = encrypt(forge.rc2.createEncryptionCipher(derive(1, 5), 40), der(sequence(certificateBag)));
  const data = oid("1.2.840.113549.1.7.1");
  const safe = der(
    sequence(
      sequence(data, context(octets(der(sequence(keyBag))))),
      sequence(
        oid("1.2.840.113549.1.7.6"),
        context(
          sequence(
            integer(0),
            sequence(data, scheme(6), asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, false, certificates)),
          ),
        ),
      ),
    ),
  );
  const hmac = forge.hmac.create();
  hmac.start("sha1", derive(3, 20));
  hmac.update(safe);
  const macData = sequence(
    sequence(sequence(oid("1.3.14.3.2.26")), octets(hmac.digest().getBytes())),
    octets(salt),
    integer(request.claimedIterations ?? iterations),
  );
  const pfx = sequence(integer(3), sequence(data, context(octets(safe))), ...(request.withoutMac ? [] : [macData]));
  return Buffer.from(der(pfx), "latin1");
}
