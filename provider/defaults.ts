/** Every default of the package, with its unit in the name and its source beside it. */

/** Azure refuses RSA keys below 2048 bits (Add Management Certificate, jj154123). */
export const defaultRsaBits = 2048;
export const allowedRsaBits = [2048, 3072, 4096] as const;

/** One year, as the portals of the time suggested and as Entra allows at most by default. */
export const defaultValidityPeriodHours = 8760;

/** Renewal begins when a third of the validity is left, as cert-manager and the ACME clients do. */
export const defaultRenewBeforeShareOfValidity = 1 / 3;

/** One week for consumers to pick the new key up; never more than half of renewBeforeHours. */
export const defaultOverlapHours = 168;

/** Issuers date certificates back by 30 s to 24 h for clocks that differ; Let's Encrypt uses one hour. */
export const defaultBackdateMinutes = 60;

/** How many superseded versions a certificate remembers. Older ones found on a subscription are simply not wanted. */
export const rememberedPreviousVersions = 2;

/** Classic Service Management of the global cloud (REST reference, base URL). */
export const defaultManagementEndpoint = "https://management.core.windows.net";

/** Management certificates per subscription (cloud-services-certs-create.md; older texts say 10 and 25). */
export const defaultCertificateLimit = 100;

/** Management certificates over all subscriptions of one service administrator (cloud-services-certs-create.md). */
export const administratorCertificateLimit = 100;

/** How many of 100 people of a roster may leave at once before that counts as a mistake. */
export const defaultLeaversLimitPercent = 25;

/** Before something is removed because of time, our clock and the server's `Date` may differ by this much. */
export const maximumClockSkewMinutes = 5;

/** Service Management version sent with every request; what Microsoft's last classic clients send. */
export const serviceManagementVersion = "2014-10-01";

/** Time for one request, from sending to the last byte of the answer. */
export const requestTimeoutMs = 60_000;

/** Time for one call with all its retries and waits. */
export const totalBudgetMs = 15 * 60_000;

/** First backoff after a transient failure; doubles each time, half of it is jitter. */
export const firstBackoffMs = 500;
export const longestBackoffMs = 30_000;

/** First wait after 429 where the service names none: no `Retry-After` was ever seen on the classic API (its documented errors name none either). Doubles while it goes on. */
export const throttledWithoutRetryAfterMs = 1_000;

/** A `Retry-After` beyond this is taken as this: a nonsense header must not hang a deployment. */
export const longestRetryAfterMs = 5 * 60_000;

/** Connections refused in a row before giving up: an address where nothing listens is a mistake more often than an outage. */
export const unreachableAttempts = 4;

/** The longest answer read. A full list of 100 certificates is about 250 kB. */
export const longestAnswerBytes = 8 * 1024 * 1024;

/** Calls to one subscription that are under way at once: what is lost, at most, when the service begins to refuse. */
export const concurrentCallsPerSubscription = 8;

/** The same for an endpoint with all its subscriptions: as many as there are connections, once the service has accepted so many. */
export const concurrentCallsPerEndpoint = 64;

/** 307 answers followed for one request. */
export const longestRedirectChain = 3;

/** Microsoft Graph of the global cloud (Graph, national cloud deployments). */
export const defaultGraphEndpoint = "https://graph.microsoft.com";

/** Entra of the global cloud (Microsoft identity platform, national clouds). */
export const defaultAuthorityHost = "https://login.microsoftonline.com";

/** A change of an app registration counts once so many reads in a row show it: Entra answers from replicas that lag. */
export const directorySightings = 3;

/** Between two of these reads. */
export const directoryPauseMs = 500;

/** How long a change may take to show: terraform-provider-azuread waits for 10 minutes, and has seen 20. */
export const directoryPatienceMs = 20 * 60_000;

/** What a link remembers of its door, newest first: two entries for each rotation, so years. Every backend writes the whole state after each step. */
export const linkHistoryEntries = 20;

/** Time for the command that is handed a line of evidence: an effect waits for it. */
export const evidenceCommandTimeoutMs = 10_000;

/** Somebody else appends to the evidence for milliseconds: whoever holds the lock for so long, unchanged, was killed. */
export const evidenceLockStaleMs = 10_000;

/** Time for one's turn at the evidence, behind all others. */
export const evidenceLockPatienceMs = 60_000;

/** How long before its expiry a preview speaks of a certificate that somebody brought: 30 days. */
export const broughtExpiryNoticeHours = 720;
