import type { Condition } from "../../../apimachinery/conditions";
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
    readonly conditions?: readonly Condition[] | null;
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

/** Objects of the definition are deleted before it goes. Upstream: apiextensions.CustomResourceCleanupFinalizer. */
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

/** Which versions objects are stored in is told from the first moment, and kept up when another becomes the one. */
function prepare(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  const stored = objectsAt(jsonOf(object)["spec"] as JsonObject, "versions").filter((version) => version["storage"] === true).map((version) => textAt(version, "name"));
  if (previous === undefined) return { ...object, status: { conditions: null, acceptedNames: { plural: "", kind: "" }, storedVersions: stored } } as unknown as KubeObject;
  const { status } = object as CustomResourceDefinition;
  const known = status?.storedVersions ?? [];
  const added = stored.filter((name) => !known.includes(name));
  return added.length === 0 ? object : ({ ...object, status: { ...status, storedVersions: [...known, ...added] } } as KubeObject);
}

function deleting(object: KubeObject, stamp: string): KubeObject {
  const crd = object as CustomResourceDefinition;
  if (crd.metadata.deletionTimestamp !== undefined) return crd;
  const finalizers = crd.metadata.finalizers ?? [];
  const pending = { type: "Terminating", status: "True", lastTransitionTime: stamp, reason: "InstanceDeletionPending", message: "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon" };
  const conditions = [...(crd.status?.conditions ?? []).filter(({ type }) => type !== "Terminating"), pending];
  return { ...crd, metadata: { ...crd.metadata, finalizers: finalizers.includes(CLEANUP) ? finalizers : [...finalizers, CLEANUP] }, status: { ...crd.status, conditions } } as KubeObject;
}

/** apiextensions.k8s.io/v1/CustomResourceDefinition. */
export const customResourceDefinition = defineResource({
  kind: CUSTOM_RESOURCE_DEFINITION,
  plural: "customresourcedefinitions",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  namespaced: false,
  subresources: ["status"],
  applyDefaults: (object) => changed(jsonOf(normalize(CUSTOM_RESOURCE_DEFINITION, object)), "spec", complete) as unknown as KubeObject,
  prepare,
  deleting,
  checkShape: (object) => checkStructure(CUSTOM_RESOURCE_DEFINITION, object),
  validate: validateCustomResourceDefinition,
  columns: [createdAt],
});
