import type { Json, JsonObject } from "@/lib/engine";
import { same, type Adapter } from "./adapter";
import { bareApi, metaOf, withoutMeta, type Answered, type BareApi } from "./http";

interface Step {
  readonly verb: "apply" | "create" | "update" | "patch";
  readonly fieldManager?: string;
  readonly manager?: string;
  readonly force?: boolean;
  readonly object?: JsonObject;
  readonly patch?: Json;
  readonly patchType?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly urlName?: string;
  readonly dryRun?: boolean;
}

const TYPES: Readonly<Record<string, string>> = { merge: "application/merge-patch+json", json: "application/json-patch+json", "strategic-merge": "application/strategic-merge-patch+json", strategic: "application/strategic-merge-patch+json" };

function send(api: BareApi, root: string, name: string, step: Step): Answered {
  const manager = step.fieldManager ?? step.manager;
  const query = [...(manager === undefined ? [] : [`fieldManager=${manager}`]), ...(step.force === undefined ? [] : [`force=${step.force}`]), ...(step.dryRun ? ["dryRun=All"] : [])].join("&");
  const at = `${root}/${step.urlName ?? name}${step.subresource ?? ""}?${query}`;
  switch (step.verb) {
    case "create":
      return api.request("POST", `${root}?${query}`, step.object);
    case "update":
      return api.request("PUT", at, step.object);
    case "patch":
      return api.request("PATCH", at, step.patch, TYPES[step.patchType ?? "strategic-merge"] ?? step.patchType);
    case "apply":
      return api.request("PATCH", at, step.object, "application/apply-patch+yaml");
  }
}

/** Entries without their time, in an order of their own. */
function entries(object: JsonObject): readonly JsonObject[] {
  return (metaOf(object).managedFields ?? [])
    .map(({ time: _time, ...entry }): JsonObject => entry)
    .sort((a, b) => (JSON.stringify([a["manager"], a["operation"], a["subresource"], a["apiVersion"]]) < JSON.stringify([b["manager"], b["operation"], b["subresource"], b["apiVersion"]]) ? -1 : 1));
}

function withoutAllocated(object: JsonObject): JsonObject {
  if (object["kind"] !== "Service") return object;
  const { clusterIP: _ip, clusterIPs: _ips, ...spec } = (object["spec"] ?? {}) as JsonObject;
  const ports = ((spec["ports"] ?? []) as readonly JsonObject[]).map(({ nodePort: _port, ...port }): JsonObject => port);
  return { ...object, spec: { ...spec, ...(spec["ports"] === undefined ? {} : { ports }) } };
}

const CHANGING = ["uid", "resourceVersion", "creationTimestamp", "managedFields"];

function judged(answer: Answered, expected: JsonObject): boolean {
  if (answer.code !== expected["code"]) return false;
  const { body } = answer;
  if (answer.code >= 400) {
    if (expected["message"] !== undefined && body["message"] !== String(expected["message"])) return false;
    return expected["causes"] === undefined || same((body["details"] as JsonObject | undefined)?.["causes"], expected["causes"]);
  }
  const wanted = expected["object"] as JsonObject;
  return same(withoutMeta(withoutAllocated(body), ...CHANGING), withoutMeta(wanted, "managedFields")) && same(entries(body), entries(wanted));
}

/** `api/server-side-apply`: steps against one object; a case counts when every step is right. */
export const serverSideApply: Adapter = ({ input, expected }) => {
  const { kind, namespace, name, steps } = input as unknown as { readonly kind: string; readonly namespace: string; readonly name: string; readonly steps: readonly Step[] };
  const api = bareApi([namespace]);
  const apiVersion = String(steps.find(({ object }) => object)?.object?.["apiVersion"] ?? "v1");
  const root = api.pathOf(apiVersion, kind, namespace);
  if (root === undefined) return { skip: "kind not in the engine yet" };
  const wanted = (expected as unknown as { readonly steps: readonly JsonObject[] }).steps;
  for (const [index, step] of steps.entries()) {
    const answer = send(api, root, name, step);
    const want = wanted[index] ?? {};
    if (!judged(answer, want)) return { pass: false, got: { step: index, answer } };
  }
  return { pass: true };
};

interface RecordedStep {
  readonly request: Step;
  readonly expected: JsonObject;
}

const LEFT_OUT = ["uid", "resourceVersion", "creationTimestamp", "managedFields"];

function recordedRight(answer: Answered, expected: JsonObject): boolean {
  if (answer.code !== expected["code"]) return false;
  const status = expected["status"] as JsonObject | undefined;
  if (status) return same(plain(answer.body), plain(status));
  const { status: _status, ...object } = withoutAccount(withoutMeta(withoutAllocated(answer.body), ...LEFT_OUT));
  const uids = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>")) as unknown;
  return same(uids(object), uids(withoutAccount(expected["object"] as JsonObject))) && same(uids(entries(answer.body)), uids(expected["managedFields"]));
}

/** The recording had ServiceAccount admission. */
function withoutAccount(object: JsonObject): JsonObject {
  if (object["kind"] !== "Pod") return object;
  const { serviceAccount: _account, serviceAccountName: _name, ...spec } = (object["spec"] ?? {}) as JsonObject;
  return { ...object, spec };
}

/** A status with its causes in an order of their own, and without line numbers: the recording's pods had a token volume more. */
function plain(status: JsonObject): unknown {
  const text = JSON.stringify(status).replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uid>").replace(/@@ -\d+,\d+ \+\d+,\d+ @@/g, "@@");
  const value = JSON.parse(text) as { details?: { causes?: unknown[] } };
  value.details?.causes?.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return value;
}

/** `recorded/ssa`: scored by step; what follows a wrong step still counts. */
export const recordedApply: Adapter = (vector) => {
  const { namespace = "ssa", steps, crd } = vector as unknown as { readonly namespace?: string; readonly steps: readonly RecordedStep[]; readonly crd?: JsonObject };
  const api = bareApi([namespace]);
  if (crd !== undefined) api.define(crd);
  const first = steps.find(({ request }) => request.object)?.request.object ?? {};
  const root = api.pathOf(String(first["apiVersion"]), String(first["kind"]), namespace);
  if (root === undefined) return { skip: "kind not in the engine yet" };
  let passed = 0;
  let got: unknown;
  for (const [index, { request, expected }] of steps.entries()) {
    const name = String(metaOf(request.object ?? first).name);
    const place = request.namespace === undefined ? root : root.replace(`/namespaces/${namespace}/`, `/namespaces/${request.namespace}/`);
    const answer = send(api, place, name, request);
    if (recordedRight(answer, expected)) passed += 1;
    else got ??= { step: index, answer };
  }
  return { passed, total: steps.length, got };
};
