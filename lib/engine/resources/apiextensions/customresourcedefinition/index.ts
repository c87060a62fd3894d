import { CUSTOM_RESOURCE_DEFINITION } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import { normalize } from "../../../openapi/normalize";
import { checkStructure } from "../../../openapi/validate";
import { createdAt, jsonOf } from "../../cells";
import { defineResource } from "../../define";
import { changed, filled, objectsAt, textAt } from "../../json-object";
import { validateCustomResourceDefinition } from "./validation";

/** apiextensions.k8s.io/v1/CustomResourceDefinition. */
export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly scope: "Namespaced" | "Cluster";
    readonly names: { readonly plural: string; readonly singular: string; readonly kind: string; readonly listKind: string; readonly shortNames?: readonly string[]; readonly categories?: readonly string[] };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly deprecated?: boolean;
      readonly deprecationWarning?: string;
      readonly schema?: { readonly openAPIV3Schema?: JsonObject };
      readonly subresources?: { readonly status?: JsonObject; readonly scale?: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string } };
      readonly additionalPrinterColumns?: readonly { readonly name: string; readonly type: string; readonly jsonPath: string; readonly priority?: number; readonly description?: string; readonly format?: string }[];
    }[];
    readonly conversion?: { readonly strategy: string };
  };
  readonly status?: {
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason?: string; readonly message?: string; readonly lastTransitionTime?: string }[] | null;
    readonly acceptedNames?: JsonObject;
    readonly storedVersions?: readonly string[] | null;
  };
}

function names(given: JsonObject): JsonObject {
  const kind = textAt(given, "kind");
  return filled(given, { singular: kind.toLowerCase(), ...(kind === "" ? {} : { listKind: `${kind}List` }) });
}

function complete(spec: JsonObject): JsonObject {
  return filled(changed(filled(spec, { names: {} }), "names", names), { conversion: { strategy: "None" } });
}

/** Which versions objects are stored in is told from the first moment. */
function prepare(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  if (previous !== undefined) return object;
  const stored = objectsAt(jsonOf(object)["spec"] as JsonObject, "versions").filter((version) => version["storage"] === true).map((version) => textAt(version, "name"));
  return { ...object, status: { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: stored } } as unknown as KubeObject;
}

/**
 * apiextensions.k8s.io/v1/CustomResourceDefinition.
 *
 * @simplified CEL rules are kept but not compiled: a rule that cannot be compiled is accepted.
 */
export const customResourceDefinition = defineResource({
  kind: CUSTOM_RESOURCE_DEFINITION,
  plural: "customresourcedefinitions",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  namespaced: false,
  subresources: ["status"],
  applyDefaults: (object) => changed(jsonOf(normalize(CUSTOM_RESOURCE_DEFINITION, object)), "spec", complete) as unknown as KubeObject,
  prepare,
  checkShape: (object) => checkStructure(CUSTOM_RESOURCE_DEFINITION, object),
  validate: validateCustomResourceDefinition,
  columns: [createdAt],
});
