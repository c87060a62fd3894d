import type { JsonObject } from "@/lib/engine";
import { handle } from "@/lib/rest";
import type { Adapter, VectorCase } from "./adapter";
import { bareCluster } from "./http";
import { compare } from "./adapter";

interface Recorded {
  readonly resources: Readonly<Record<string, JsonObject>>;
  readonly tables: Readonly<Record<string, { readonly columnDefinitions?: readonly JsonObject[] }>>;
  readonly legacy: Readonly<Record<string, JsonObject>>;
  readonly "/apis": { readonly groups: readonly JsonObject[] };
  readonly "/openapi/v3": readonly string[];
}

/** `recorded/discovery.json` as cases: one a resource or subresource, one a group, one an OpenAPI document, one a column of a table. */
export function discoveryCases(text: string): readonly VectorCase[] {
  const recorded = JSON.parse(text) as Recorded;
  const cases: VectorCase[] = [];
  const put = (id: string, input: JsonObject, expected: JsonObject): void => void cases.push({ id: `discovery-${id}`, input, expected });
  for (const group of recorded["/apis"].groups) put(`group-${String(group["name"])}`, { op: "group", name: group["name"] ?? "" }, group);
  for (const [path, resource] of Object.entries(recorded.resources)) put(`resource-${path}`, { op: "resource", path }, resource);
  for (const path of recorded["/openapi/v3"]) put(`openapi-${path}`, { op: "openapi", path }, { served: true });
  for (const [path, { columnDefinitions = [] }] of Object.entries(recorded.tables)) {
    columnDefinitions.forEach((column, index) => {
      const { name, type, format, priority } = column;
      put(`column-${path}-${index}`, { op: "column", path, index }, { name: name ?? "", type: type ?? "", format: format ?? "", priority: priority ?? 0 });
    });
  }
  return cases;
}

/** What a fresh API answers. */
function ask(path: string, accept: string): JsonObject {
  const answer = handle({ method: "GET", path, query: "", headers: { accept }, body: "", user: { name: "vectors", groups: ["system:masters"] } }, bareCluster());
  if (answer.type !== "body" || !answer.body.startsWith("{")) return {};
  return JSON.parse(answer.body) as JsonObject;
}

const list = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? (value as readonly JsonObject[]) : []);

function resource(path: string): JsonObject | undefined {
  const parts = path.split("/");
  const at = parts[0] === "v1" ? 1 : 2;
  const version = parts.slice(0, at).join("/");
  const name = parts.slice(at).join("/");
  const found = list(ask(at === 1 ? `/api/${version}` : `/apis/${version}`, "application/json")["resources"]).find((candidate) => candidate["name"] === name);
  if (!found) return undefined;
  const { name: _name, storageVersionHash: _hash, group: _group, version: _version, singularName, ...rest } = found;
  return { ...rest, ...(singularName === "" ? {} : { singularName }) };
}

function sorted(value: JsonObject): JsonObject {
  const { verbs, ...rest } = value;
  const { group: _group, version: _version, singularName, ...named } = rest;
  return { ...named, ...(singularName === undefined || singularName === "" ? {} : { singularName }), verbs: [...(verbs as readonly string[])].sort() };
}

/** `recorded/discovery.json`: what is served under which names, and the columns of its tables. */
export const discovery: Adapter = ({ input, expected }) => {
  const path = String(input["path"] ?? "");
  switch (input["op"]) {
    case "group":
      return compare(list(ask("/apis", "application/json")["groups"]).find(({ name }) => name === input["name"]), expected);
    case "resource": {
      const found = resource(path);
      return found ? compare(sorted(found), sorted(expected as JsonObject)) : { pass: false, got: "not served" };
    }
    case "openapi":
      return compare({ served: (ask("/openapi/v3", "application/json")["paths"] as JsonObject)[path] !== undefined }, expected);
    default: {
      const column = list(ask(path, "application/json;as=Table;v=v1;g=meta.k8s.io")["columnDefinitions"])[Number(input["index"])];
      if (!column) return { pass: false, got: "no such column" };
      const { name, type, format, priority } = column;
      return compare({ name, type, format, priority }, expected);
    }
  }
};
