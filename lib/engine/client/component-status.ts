/** What a server says of its own components: kept nowhere, made up when it is asked for. Upstream: pkg/registry/core/componentstatus. */
import { kindId, type KubeObject } from "../apimachinery/meta";
import { defineResource, type ResourceDefinition } from "../resources/define";

/** The kind of those objects. */
export const COMPONENT_STATUS = kindId("v1", "ComponentStatus");

/** How they are named and shown. They can only be read. */
export const componentStatusDefinition: ResourceDefinition = defineResource({
  kind: COMPONENT_STATUS,
  plural: "componentstatuses",
  shortNames: ["cs"],
  namespaced: false,
  columns: [
    { name: "Status", value: () => "Healthy" },
    { name: "Message", value: () => "ok" },
    { name: "Error", value: () => "" },
  ],
});

function statusOf(name: string): KubeObject {
  return Object.freeze({ apiVersion: "v1", kind: "ComponentStatus", metadata: Object.freeze({ name }), conditions: Object.freeze([Object.freeze({ type: "Healthy", status: "True", message: "ok" })]) }) as unknown as KubeObject;
}

/** All of them, in order of name. */
export const componentStatuses: readonly KubeObject[] = ["controller-manager", "etcd-0", "scheduler"].map(statusOf);
