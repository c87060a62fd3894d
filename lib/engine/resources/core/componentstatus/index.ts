/** What a server says of its own components. Upstream: pkg/registry/core/componentstatus. */
import { COMPONENT_STATUS } from "../../../apimachinery/kinds";
import { deepFreeze } from "../../../apimachinery/freeze";
import type { KubeObject } from "../../../apimachinery/meta";
import { column } from "../../cells";
import { defineResource } from "../../define";

function healthy(name: string): KubeObject {
  return deepFreeze({ apiVersion: "v1", kind: "ComponentStatus", metadata: { name }, conditions: [{ type: "Healthy", status: "True", message: "ok" }] }) as unknown as KubeObject;
}

/** v1/ComponentStatus: kept nowhere, and only to be read. */
export const componentStatus = defineResource({
  kind: COMPONENT_STATUS,
  plural: "componentstatuses",
  shortNames: ["cs"],
  namespaced: false,
  verbs: ["get", "list"],
  computed: ["controller-manager", "etcd-0", "scheduler"].map(healthy),
  columns: [column("Status", () => "Healthy"), column("Message", () => "ok"), column("Error", () => "")],
});
