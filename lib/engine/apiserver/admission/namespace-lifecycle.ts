import { ApiError, forbidden, notFound, type ResourceName } from "../../apimachinery/api-error";
import { NAMESPACE } from "../../apimachinery/kinds";
import { partsOfKind } from "../../apimachinery/meta";
import type { ResourceDefinition } from "../../resources/define";
import { refIn } from "../../store/store";
import type { AdmissionPlugin } from "../request";

const PERMANENT: ReadonlySet<string> = new Set(["default", "kube-system", "kube-public"]);

function resourceOf({ kind, plural }: ResourceDefinition): ResourceName {
  const parts = partsOfKind(kind);
  return { group: parts.group, plural, kind: parts.kind };
}

/** Objects are created only in namespaces that exist and stay; the three permanent ones cannot be deleted. Upstream: plugin/namespace/lifecycle. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: "NamespaceLifecycle",
  validate({ operation, ref, definition }, { store }) {
    if (operation === "DELETE") {
      if (definition.kind === NAMESPACE && PERMANENT.has(ref.name)) throw forbidden(resourceOf(definition), ref.name, "this namespace may not be deleted");
      return;
    }
    if (operation !== "CREATE" || !definition.namespaced) return;
    const namespace = store.get(refIn(NAMESPACE, { namespace: "", name: ref.namespace }));
    if (!namespace) throw notFound({ group: "", plural: "namespaces", kind: "Namespace" }, ref.namespace);
    if (namespace.metadata.deletionTimestamp === undefined) return;
    const refusal = forbidden(resourceOf(definition), ref.name, `unable to create new content in namespace ${ref.namespace} because it is being terminated`);
    const cause = { reason: "NamespaceTerminating", message: `namespace ${ref.namespace} is being terminated`, field: "metadata.namespace" };
    throw new ApiError({ ...refusal.status, details: { ...refusal.status.details, causes: [cause] } });
  },
};
