/**
 * How much hostile input is read before we give up. All far above what real files need:
 * a certificate of RSA-4096 has about 2 KB, a PFX 3 KB to 10 KB, Windows and OpenSSL derive keys with 2,000 iterations.
 */

/** Bytes of one certificate, DER or PEM. */
export const maximumCertificateBytes = 64 * 1024;

/** Bytes of one PKCS#12 file. */
export const maximumPfxBytes = 256 * 1024;

/** Characters of a PEM file with a key and its certificates. */
export const maximumPemBundleCharacters = 256 * 1024;

/** Characters of a publish-settings file. */
export const maximumPublishSettingsCharacters = 1024 * 1024;

/** Rounds of key derivation spent on one key or PFX, all of its parts together: about half a second of one core. */
export const maximumKeyDerivationIterations = 600_000;

/** For all certificates of a publish-settings file together; the limit of one holds as well. Each takes some 12,000 as Azure wrote them. */
export const maximumPublishSettingsIterations = 5_000_000;
