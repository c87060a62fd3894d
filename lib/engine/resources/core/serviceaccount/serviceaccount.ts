import type { JsonObject, KubeObject } from "../../../apimachinery/meta";

/** v1/ServiceAccount. */
export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly JsonObject[];
  readonly imagePullSecrets?: readonly JsonObject[];
  readonly automountServiceAccountToken?: boolean;
}
