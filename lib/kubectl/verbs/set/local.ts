/** `--local`: what a file says, changed and printed, without any server. */
import type { Json, JsonObject, KubeObject } from "@/lib/engine";
import type { Call } from "../../command";
import type { Info } from "../../discovery";
import { fail, failAll } from "../../failure";
import { hasManifests, localObjects } from "../../manifests";

/** Does the command ask no server? */
export function isLocal(call: Call): boolean {
  return call.flags.bool("local");
}

/** The objects of the files. @throws {Failure} where the words name some, or no file is named */
export function localInfos(call: Call, words: readonly string[]): readonly Info[] {
  if (words.length > 0 || !hasManifests(call)) fail("you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'");
  const { infos, failures } = localObjects(call);
  failAll(failures);
  return infos;
}

type Fill = (spec: JsonObject) => JsonObject;

const inTemplate = (filled: JsonObject): Fill => (spec) => ({ ...filled, ...spec, template: withPodSpec(asObject(spec["template"])) });

/** Members that Go's structs always write, empty as they are. */
const FILLS: Readonly<Record<string, readonly [spec: Fill, status: JsonObject]>> = {
  Deployment: [inTemplate({ strategy: {} }), {}],
  ReplicaSet: [inTemplate({}), { replicas: 0 }],
  ReplicationController: [inTemplate({}), { replicas: 0 }],
  StatefulSet: [inTemplate({ serviceName: "", updateStrategy: {} }), { availableReplicas: 0, replicas: 0 }],
  DaemonSet: [inTemplate({ updateStrategy: {} }), { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }],
  Job: [inTemplate({}), {}],
  CronJob: [(spec) => ({ ...spec, jobTemplate: { metadata: {}, ...asObject(spec["jobTemplate"]), spec: inTemplate({})(asObject(asObject(spec["jobTemplate"])["spec"])) } }), {}],
  Pod: [(spec) => podSpec(spec), {}],
  Service: [(spec) => ({ ...spec, ...(Array.isArray(spec["ports"]) ? { ports: (spec["ports"] as readonly JsonObject[]).map((port) => ({ targetPort: 0, ...port })) } : {}) }), { loadBalancer: {} }],
};

function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function withPodSpec(template: JsonObject): JsonObject {
  return { metadata: {}, ...template, spec: podSpec(asObject(template["spec"])) };
}

function podSpec(spec: JsonObject): JsonObject {
  const filled = (key: string): JsonObject => (Array.isArray(spec[key]) ? { [key]: (spec[key] as readonly JsonObject[]).map((container) => ({ resources: {}, ...container })) } : {});
  return { ...spec, ...filled("containers"), ...filled("initContainers") };
}

/** An object as Go's structs write one that came from no server. */
export function asTyped(object: KubeObject): KubeObject {
  const known = FILLS[object.kind];
  if (known === undefined) return object;
  const [spec, status] = known;
  const plain = object as unknown as JsonObject;
  return { ...plain, spec: spec(asObject(plain["spec"])), status: { ...status, ...asObject(plain["status"]) } } as unknown as KubeObject;
}
