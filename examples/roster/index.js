const { CertificateRoster } = require("pulumi-azure-certificates");

// Who is taken out of team.yaml loses their certificate; every key that they shared is replaced and revoked.
const staff = new CertificateRoster("contoso", { path: "team.yaml" });

exports.onCallKey = staff.credential("groups/on-call").combinedPem;
