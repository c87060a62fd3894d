/** The rules of Secrets by type. Upstream: `ValidateSecret`, `ValidateSecretUpdate`. */
import type { FieldError } from "../../../apimachinery/api-error";
import { goName, goSyntaxProblem } from "../../../apimachinery/go-json-syntax";
import type { Json, JsonObject, KubeObject } from "../../../apimachinery/meta";
import { jsonOf } from "../../cells";
import { validateFrozen, validateKeys } from "../configmap/validation";
import { Findings } from "../../findings";
import { has, objectAt, textAt } from "../../json-object";
import { immutable, onlyStatusDiffers, validateMetadata, validateMetadataUpdate } from "../../meta-validation";
import { decodeBase64 } from "./base64";

const MAX_SIZE = 1024 * 1024;
const ACCOUNT = "kubernetes.io/service-account.name";
const NEEDS: Readonly<Record<string, readonly string[]>> = { "kubernetes.io/tls": ["tls.crt", "tls.key"] };
const DOCKER: Readonly<Record<string, string>> = { "kubernetes.io/dockercfg": ".dockercfg", "kubernetes.io/dockerconfigjson": ".dockerconfigjson" };

/** What Go says of a text that is no JSON object; undefined when it is one. */
function jsonProblem(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Any text may stand here; that it is no JSON is the answer.
    return goSyntaxProblem(text) ?? "unexpected end of JSON input";
  }
  if (value === null || (typeof value === "object" && !Array.isArray(value))) return undefined;
  return `json: cannot unmarshal ${goName(value as Json)} into Go value of type map[string]interface {}`;
}

function byType(found: Findings, type: string, data: JsonObject, object: KubeObject): void {
  for (const key of NEEDS[type] ?? []) if (!has(data, key)) found.required(`data[${key}]`);
  const docker = DOCKER[type];
  if (docker !== undefined) {
    if (!has(data, docker)) found.required(`data[${docker}]`);
    else {
      const problem = jsonProblem(decodeBase64(textAt(data, docker)));
      if (problem !== undefined) found.invalid(`data[${docker}]`, "<secret contents redacted>", problem);
    }
  }
  if (type === "kubernetes.io/ssh-auth" && textAt(data, "ssh-privatekey") === "") found.required("data[ssh-privatekey]");
  if (type === "kubernetes.io/service-account-token" && (object.metadata.annotations?.[ACCOUNT] ?? "") === "") found.required(`metadata.annotations[${ACCOUNT}]`);
  if (type === "kubernetes.io/basic-auth" && !has(data, "username") && !has(data, "password")) {
    found.required("data[username]");
    found.required("data[password]");
  }
}

/** Everything wrong with a Secret. */
export function validateSecret(object: KubeObject, previous: KubeObject | undefined): readonly FieldError[] {
  if (onlyStatusDiffers(object, previous)) return [];
  const found = new Findings("secret");
  if (previous !== undefined) validateMetadataUpdate(found, object);
  validateMetadata(found, object);
  const secret = jsonOf(object);
  const data = objectAt(secret, "data");
  validateKeys(found, "data", data);
  const size = Object.keys(data).reduce((sum, key) => sum + Math.floor((textAt(data, key).length * 3) / 4), 0);
  if (size > MAX_SIZE) found.tooLong("data", MAX_SIZE);
  byType(found, textAt(secret, "type"), data, object);
  if (previous !== undefined) {
    immutable(found, "type", secret["type"], jsonOf(previous)["type"]);
    validateFrozen(found, secret, jsonOf(previous), ["data"]);
  }
  return found.errors;
}
