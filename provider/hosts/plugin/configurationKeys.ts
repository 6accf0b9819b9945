/** What the provider can be told, beside what Pulumi itself tells every provider. */
export const configurationKeys: readonly string[] = [
  "publishSettingsPath",
  "publishSettings",
  "clientCertificatePath",
  "clientCertificatePassword",
  "clientCertificatePem",
  "clientKeyPem",
  "authentication",
  "managementEndpoint",
  "caCertificatePath",
  "certificateLimit",
  "allow",
];

/** What holds a private key, or opens one. */
export const secretConfigurationKeys: readonly string[] = [
  "publishSettings",
  "clientCertificatePassword",
  "clientKeyPem",
];
