import type { Json, KubeObject } from "../apimachinery/meta";
import { kindOf } from "../apimachinery/meta";
import { jsonPatch } from "../apimachinery/patch/json";
import { mergePatch } from "../apimachinery/patch/merge";
import { strategicMergePatch } from "../apimachinery/patch/strategic";
import type { Patch } from "./request";

/**
 * The object a patch asks for. The stored object is not touched.
 *
 * @throws {ApiError} 400 when the patch cannot be applied.
 */
export function applyPatch(object: KubeObject, patch: Exclude<Patch, { readonly type: "apply" }>): Json {
  const document = object as unknown as Json;
  switch (patch.type) {
    case "json":
      return jsonPatch(document, patch.ops);
    case "merge":
      return mergePatch(document, patch.body);
    case "strategic":
      return strategicMergePatch(document, patch.body, kindOf(object));
  }
}
