import { POD } from "../apimachinery/kinds";
import type { KubeObject } from "../apimachinery/meta";
import { controllerRef } from "../apimachinery/owner";
import type { Pod, PodTemplateSpec } from "../resources/core/pod/pod";
import { partsOfKind } from "../apimachinery/meta";

/** A pod as its controller asks for it: the template, owned by the parent, named after it. Upstream: controller.GetPodFromTemplate. */
export function podFromTemplate(template: PodTemplateSpec, parent: KubeObject): Omit<Pod, "metadata"> & { readonly metadata: Partial<Pod["metadata"]> } {
  const { apiVersion, kind } = partsOfKind(POD);
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion,
    kind,
    metadata: {
      generateName: `${parent.metadata.name}-`,
      namespace: parent.metadata.namespace ?? "",
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(parent)],
    },
    spec: template.spec,
  };
}
