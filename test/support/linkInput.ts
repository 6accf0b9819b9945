import { parseCertificate } from "../../provider/certificate/parse";
import type { Values } from "../../provider/resources/lifecycle";

/** What the SDK's class hands a link of a ManagementCertificate with these outputs. */
export function certificateInput({ certificatePem, previous, overlapHours }: Values): Values {
  return { der: parseCertificate(String(certificatePem)).der.toString("base64"), previous, overlapHours };
}
