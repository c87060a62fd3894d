import { goSyntaxProblem, kindId, type JsonObject, type KubeObject } from "@/lib/engine";
import { parseManifests, type ManifestProblem } from "@/lib/manifest";
import type { Call } from "./command";
import { typeOfKind, type Info, type Wanted } from "./discovery";
import { Failure } from "./failure";
import { filesIn, filesUnder, readPath } from "./io";
import { buildKustomization } from "./kustomize/index";

/** What `-f` named: documents that can be sent, in order, and what was wrong with the others. */
export interface Manifests {
  readonly wanted: readonly Wanted[];
  readonly failures: readonly Failure[];
}

/** Is a manifest given by `-f` or `-k`? */
export function hasManifests(call: Call): boolean {
  return call.flags.list("filename").length > 0 || call.flags.text("kustomize") !== "";
}

/** Reads everything `-f` names: files, folders, or `-` for what was piped in. @throws {Failure} when a path does not exist. */
export function readManifests(call: Call, validated = true): Manifests {
  const folder = call.flags.text("kustomize");
  if (folder !== "" && call.flags.list("filename").length > 0) throw new Failure("error: only one of -f or -k can be specified");
  const sources = call.flags.list("filename").flatMap((path) => sourcesOf(call, path));
  const wanted: Wanted[] = [];
  const failures: Failure[] = [];
  if (folder !== "") for (const body of buildKustomization(call.io.files, folder)) addDocument(call, folder, body, wanted, failures);
  for (const { name, text } of sources) readSource(call, name, text, validated, wanted, failures);
  return { wanted, failures };
}

interface Source {
  readonly name: string;
  readonly text: string;
}

function sourcesOf(call: Call, path: string): readonly Source[] {
  if (path === "-") return [{ name: "STDIN", text: call.io.stdin ?? "" }];
  if (/^https?:\/\//.test(path)) throw new Failure(`error: unable to read URL "${path}", the terminal has no way out to the internet`);
  const text = readPath(call.io.files, path);
  if (text !== undefined) return [{ name: path, text }];
  const inside = call.flags.bool("recursive") ? filesUnder(call.io.files, path) : filesIn(call.io.files, path);
  if (inside === undefined) throw new Failure(`error: the path "${path}" does not exist`);
  const manifests = inside.filter((file) => /\.(ya?ml|json)$/.test(file));
  if (manifests.length === 0) throw new Failure(`error: error reading [${path}]: recognized file extensions are [.json .yaml .yml]`);
  return manifests.map((file) => ({ name: file, text: call.io.files.read(file) ?? "" }));
}

function readSource(call: Call, name: string, text: string, validated: boolean, wanted: Wanted[], failures: Failure[]): void {
  const { documents, problems } = parseManifests(text);
  const error = problems.find((problem) => problem.severity === "error");
  for (const document of documents) {
    if (error !== undefined && document.index >= error.document) break;
    for (const body of itemsOf(document.value as JsonObject)) addDocument(call, name, body, wanted, failures);
  }
  // A text of JSON that stops in the middle is the reader's of streams to complain of.
  const isCut = error !== undefined && text.trimStart().startsWith("{") && goSyntaxProblem(text) === "unexpected end of JSON input";
  if (isCut) failures.push(new Failure(`error: error parsing ${name}: unexpected EOF`));
  else if (error !== undefined) failures.push(new Failure(problemText(name, error, validated)));
  else if (documents.length === 0) failures.push(new Failure("error: no objects passed to apply".replace("apply", call.command.name)));
}

/** A `List` stands for its items. */
function itemsOf(value: JsonObject): readonly JsonObject[] {
  const items = value["items"];
  return typeof value["kind"] === "string" && value["kind"].endsWith("List") && Array.isArray(items) ? (items as JsonObject[]) : [value];
}

function addDocument(call: Call, source: string, body: JsonObject, wanted: Wanted[], failures: Failure[]): void {
  const apiVersion = String(body["apiVersion"] ?? "");
  const kind = String(body["kind"] ?? "");
  const metadata = (body["metadata"] ?? {}) as JsonObject;
  const name = typeof metadata["name"] === "string" ? metadata["name"] : "";
  const own = typeof metadata["namespace"] === "string" ? metadata["namespace"] : "";
  const type = typeOfKind(call.client, kindId(apiVersion, kind));
  if (type === undefined) {
    failures.push(new Failure(`error: resource mapping not found for name: "${name}" namespace: "${own}" from "${source}": no matches for kind "${kind}" in version "${apiVersion}"\nensure CRDs are installed first`));
    return;
  }
  if (type.namespaced && own !== "" && call.namespaceGiven && own !== call.namespace) {
    failures.push(new Failure(`error: the namespace from the provided object "${own}" does not match the namespace "${call.namespace}". You must pass '--namespace=${own}' to perform this operation.`));
    return;
  }
  const namespace = type.namespaced ? (own === "" ? call.namespace : own) : "";
  const filled: JsonObject = type.namespaced ? { ...body, metadata: { ...metadata, namespace } } : body;
  wanted.push({ type, ref: { kind: type.kind, namespace, name }, body: filled, source, ...(type.namespaced && own === "" ? { placed: true } : {}) });
}

function problemText(source: string, problem: ManifestProblem, validated: boolean): string {
  const upstream = String(problem.params["upstream"] ?? "");
  if (problem.code === "manifest.missing-kind" || problem.code === "manifest.missing-api-version") {
    const missing = missingText(upstream);
    return validated ? `error: error validating "${source}": error validating data: ${missing}; if you choose to ignore these errors, turn validation off with --validate=false` : `error: unable to decode "${source}": ${upstream}`;
  }
  if (problem.code === "manifest.not-an-object" && validated) return `error: error validating "${source}": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false`;
  if (problem.code === "manifest.not-an-object") return `error: unable to decode "${source}": ${upstream}`;
  return `error: error parsing ${source}: ${upstream === "" ? limitText(problem) : upstream}`;
}

function missingText(upstream: string): string {
  const kind = /^Object 'Kind'/.test(upstream);
  const version = !upstream.includes('"apiVersion":"');
  if (kind && version) return "[apiVersion not set, kind not set]";
  return kind ? "kind not set" : "apiVersion not set";
}

function limitText(problem: ManifestProblem): string {
  const limit = problem.params["limit"] ?? problem.params["max"] ?? "";
  return `${problem.code.replace("manifest.", "").replaceAll("-", " ")}${limit === "" ? "" : ` (limit ${limit})`}`;
}

/** What the files say, as it stands there: for commands that ask no server. */
export function localObjects(call: Call): { readonly infos: readonly Info[]; readonly failures: readonly unknown[] } {
  const { wanted, failures } = readManifests(call);
  const infos = wanted.map(({ type, ref, body, source, placed }): Info => {
    const { namespace: _filled, ...metadata } = body["metadata"] as JsonObject;
    return { type, ref, object: (placed ? { ...body, metadata } : body) as unknown as KubeObject, source };
  });
  return { infos, failures };
}
