import { badRequest } from "../apimachinery/api-error";
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
 * @simplified Server-side apply merges like a merge patch and records no field managers yet; conflicts between managers are not reported.
 */
export function applyPatch(object: KubeObject, patch: Patch): Json {
  const document = object as unknown as Json;
  switch (patch.type) {
    case "json":
      return jsonPatch(document, patch.ops);
    case "merge":
      return mergePatch(document, patch.body);
    case "strategic":
      return strategicMergePatch(document, patch.body, kindOf(object));
    case "apply":
      if (typeof patch.body !== "object" || patch.body === null) throw badRequest("the body of an apply patch must be an object");
      return strategicMergePatch(document, patch.body, kindOf(object));
  }
}
