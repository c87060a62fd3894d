import { SECRET } from "../../../apimachinery/kinds";
import type { Json, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { age, column, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { filled, has, objectAt, textAt } from "../../json-object";
import { encodeBase64 } from "./base64";
import { validateSecret } from "./validation";

/** `stringData` is written into `data` and never stored as such. */
function applyDefaults(object: KubeObject): KubeObject {
  const secret = filled(jsonOf(normalize(SECRET, object)), { type: "Opaque" });
  if (!has(secret, "stringData")) return secret as unknown as KubeObject;
  const { stringData: _written, ...rest } = secret;
  const plain = objectAt(secret, "stringData");
  const data: Record<string, Json | undefined> = { ...objectAt(secret, "data") };
  for (const key of Object.keys(plain)) data[key] = encodeBase64(textAt(plain, key));
  return { ...rest, data } as unknown as KubeObject;
}

/** v1/Secret. */
export const secret = defineResource({
  kind: SECRET,
  plural: "secrets",
  applyDefaults,
  checkShape: (object) => checkStructure(SECRET, object),
  validate: validateSecret,
  columns: [column("Type", (object) => textAt(object, "type")), column("Data", (object) => String(Object.keys(objectAt(object, "data")).length)), age],
});
