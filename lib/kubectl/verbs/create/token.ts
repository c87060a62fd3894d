import { API_AUDIENCE, issueToken, kindId, parseDuration, signingKey, timestamp, type BoundObject, type Instant, type KubeObject, type ObjectKey } from "@/lib/engine";
import { usageFailure, type Call, type Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { checkFormat, formatOf, outputFlags, printStructured } from "../../output/print-objects";

const SHORTEST = 600;
const WHAT = "failed to create token";

/** How long the token is to be good for. @throws {Failure} */
function secondsOf(call: Call): number {
  const duration = parseDuration(call.flags.text("duration")) ?? 0;
  const seconds = Math.floor(duration / 1000);
  if (duration < 0) fail("--duration must be greater than or equal to 0");
  if (duration % 1000 !== 0) fail("--duration cannot be expressed in units less than seconds");
  if (seconds === 0) return 3600;
  return seconds < SHORTEST ? fail(`${WHAT}: TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: ${seconds}: may not specify a duration less than 10 minutes`) : seconds;
}

function found(call: Call, kind: string, key: ObjectKey): KubeObject {
  return call.client.get<KubeObject>(kindId("v1", kind), key) ?? fail(`${WHAT}: ${kind.toLowerCase()}s ${JSON.stringify(key.name)} not found`);
}

/** The object the token dies with. @throws {Failure} */
function boundOf(call: Call): BoundObject | undefined {
  const [kind, name] = [call.flags.text("bound-object-kind"), call.flags.text("bound-object-name")];
  if (kind === "" && name === "") return undefined;
  if (kind === "") return fail("--bound-object-name can only be set if --bound-object-kind is provided");
  if (!["Node", "Pod", "Secret"].includes(kind)) return fail(`supported --bound-object-kind values are Node, Pod, Secret`);
  if (name === "") return fail("--bound-object-name is required if --bound-object-kind is provided");
  const { uid } = found(call, kind, { namespace: kind === "Node" ? "" : call.namespace, name }).metadata;
  return { kind: kind as BoundObject["kind"], name, uid };
}

/** The request as the server answers it. */
function requestOf({ metadata: { name, namespace } }: KubeObject, audiences: readonly string[], seconds: number, now: Instant, token: string, bound: BoundObject | undefined): KubeObject {
  const boundObjectRef = bound === undefined ? null : { kind: bound.kind, apiVersion: "v1", name: bound.name, uid: bound.uid };
  const request = {
    kind: "TokenRequest",
    apiVersion: "authentication.k8s.io/v1",
    metadata: { name, namespace, creationTimestamp: timestamp(now) },
    spec: { audiences, expirationSeconds: seconds, boundObjectRef },
    status: { token, expirationTimestamp: timestamp((now + seconds * 1000) as Instant) },
  };
  return request as unknown as KubeObject;
}

/** `kubectl create token`. Upstream: kubectl/pkg/cmd/create/create_token.go. */
export const createToken: Command = {
  name: "token",
  summary: "Request a service account token",
  usage: "SERVICE_ACCOUNT_NAME [options]",
  examples: [["A token good for an hour", "kubectl create token default"]],
  flags: [
    flag("repeated", "audience", "Who is to accept it"),
    flag("duration", "duration", "How long it is good for", { default: "0s" }),
    flag("text", "bound-object-kind", "Kind of the object it dies with"),
    flag("text", "bound-object-name", "Name of the object it dies with"),
    ...outputFlags,
  ],
  run(call) {
    checkFormat(call, false);
    if (call.words.length !== 1) usageFailure(call, `exactly one NAME is required, got ${call.words.length}`);
    const account = found(call, "ServiceAccount", { namespace: call.namespace, name: call.words[0] ?? "" });
    const { name, namespace = "", uid } = account.metadata;
    const audiences = call.flags.list("audience");
    const bound = boundOf(call);
    const { cluster } = call.io;
    const [seconds, audience] = [secondsOf(call), audiences.length === 0 ? [API_AUDIENCE] : audiences];
    const token = issueToken(signingKey(cluster.options), { namespace, account: name, uid, audiences: audience, now: cluster.now, seconds, ...(bound ? { bound } : {}) });
    if (formatOf(call).name === "") call.out(`${token}\n`);
    else printStructured(call, [{ type: { singular: "tokenrequest.authentication.k8s.io" }, object: requestOf(account, audience, seconds, cluster.now, token, bound) }], true, true);
    return 0;
  },
};
