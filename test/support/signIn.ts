import { request } from "node:https";
import type { TLSSocket } from "node:tls";

export type SignInAnswer = "accepted" | "refused" | `neither: ${string}`;

/**
 * One sign-in with a management certificate, as any tool does it: a TLS handshake of its own, then the list of
 * certificates. Whoever answers has to be who the authority says.
 */
export function signIn(endpoint: string, ca: string, subscriptionId: string, pem: string): Promise<SignInAnswer> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve(`neither: ${error.message}`);
    request(
      new URL(`/${subscriptionId}/certificates`, endpoint),
      // An agent remembers sessions, and a resumed session would show no certificate.
      { ca, cert: pem, key: pem, agent: false, headers: { "x-ms-version": "2014-10-01" } },
      (response) => {
        const isResumed = (response.socket as TLSSocket).isSessionReused();
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (text: string) => {
          body += text;
        });
        response.once("error", failed);
        response.once("end", () => {
          const isRefusal = response.statusCode === 403 && body.includes("<Code>ForbiddenError</Code>");
          const isList = response.statusCode === 200 && body.startsWith("<SubscriptionCertificates");
          if (isResumed || (!isRefusal && !isList)) {
            resolve(`neither: ${isResumed ? "a resumed session, " : ""}${response.statusCode} ${body.slice(0, 300)}`);
          } else {
            resolve(isList ? "accepted" : "refused");
          }
        });
      },
    )
      .once("error", failed)
      .end();
  });
}
