import type { Condition } from "../../../apimachinery/conditions";
import type { KubeObject } from "../../../apimachinery/meta";

/** v1/Namespace. */
export interface Namespace extends KubeObject {
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: "Active" | "Terminating"; readonly conditions?: readonly Condition[] };
}
