import { findCondition, type Condition } from "../../apimachinery/conditions";
import { encodeBase64 } from "../../resources/core/secret/base64";
import { hashTwice } from "../../apimachinery/canonical";
import { CERTIFICATE_SIGNING_REQUEST } from "../../apimachinery/kinds";
import type { KubeObject, ObjectKey } from "../../apimachinery/meta";
import { refOf } from "../../apimachinery/meta";
import { instantOf, timestamp } from "../../apimachinery/time";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";

/** certificates.k8s.io/v1/CertificateSigningRequest, as far as it matters here. */
interface SigningRequest extends KubeObject {
  readonly spec: { readonly request: string; readonly signerName: string; readonly usages?: readonly string[]; readonly expirationSeconds?: number; readonly username?: string };
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly (Condition & { readonly lastUpdateTime?: string })[] };
}

/** The signers kube-controller-manager stands for. */
const SIGNERS = ["kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet", "kubernetes.io/kubelet-serving"];
const YEAR = 365 * 24 * 3600;
const HOUR = 3_600_000;
/** A clock that is a little behind must accept a new certificate. */
const BACKDATED = 300_000;

const isSet = ({ status }: SigningRequest, type: string): boolean => findCondition(status?.conditions, type)?.status === "True";

/**
 * Gives approved requests to the cluster's own signers their certificate. Upstream: pkg/controller/certificates/signer.
 *
 * @simplified the certificate is text that says whose it is and until when, not one that TLS would accept, and the
 * usages a signer allows are not checked: a learner sees the request go from Pending to Approved,Issued.
 */
export const certificateSigner: Controller = {
  name: "csrsigning",
  reconciles: CERTIFICATE_SIGNING_REQUEST,
  watches: [],
  reconcile(key: ObjectKey, { client, now }: ControllerContext) {
    const request = client.get<SigningRequest>(CERTIFICATE_SIGNING_REQUEST, key);
    if (!request || !SIGNERS.includes(request.spec.signerName)) return;
    if ((request.status?.certificate ?? "") !== "" || !isSet(request, "Approved") || isSet(request, "Denied") || isSet(request, "Failed")) return;
    client.updateStatus<SigningRequest>({ ...request, status: { ...request.status, certificate: encodeBase64(certificateOf(request, now)) } });
  },
};

function certificateOf({ metadata, spec }: SigningRequest, now: number): string {
  const lifetime = Math.min(spec.expirationSeconds ?? YEAR, YEAR);
  const lines = [
    `issuer=kubernetes`,
    `subject=${spec.username ?? metadata.name}`,
    `request=${hashTwice(spec.request)}`,
    `notBefore=${timestamp(now - BACKDATED)}`,
    `notAfter=${timestamp(now - BACKDATED + lifetime * 1000)}`,
  ];
  const body = encodeBase64(lines.join("\n")).replace(/(.{64})/g, "$1\n");
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

/** Removes requests nobody needs any more: an hour after they were decided, a day after they were made. Upstream: pkg/controller/certificates/cleaner. */
export const certificateCleaner: Controller = {
  name: "csrcleaner",
  reconciles: CERTIFICATE_SIGNING_REQUEST,
  watches: [],
  reconcile(key: ObjectKey, { client, now }: ControllerContext): ReconcileResult {
    const request = client.get<SigningRequest>(CERTIFICATE_SIGNING_REQUEST, key);
    if (!request) return;
    const left = dueAt(request) - now;
    if (left > 0) return { requeueAfter: millis(left) };
    client.delete(refOf(request), { preconditions: { uid: request.metadata.uid } });
  },
};

function dueAt({ metadata, status }: SigningRequest): number {
  const born = instantOf(metadata.creationTimestamp) ?? 0;
  const decided = (status?.conditions ?? []).filter(({ type }) => type === "Approved" || type === "Denied" || type === "Failed").map(({ lastUpdateTime, lastTransitionTime }) => instantOf(lastUpdateTime ?? lastTransitionTime ?? "") ?? born);
  return decided.length === 0 ? born + 24 * HOUR : Math.min(...decided) + HOUR;
}
