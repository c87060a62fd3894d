import type { JsonObject, KubeObject } from "../../../apimachinery/meta";

/** v1/ServiceAccount. */
export interface ServiceAccount extends KubeObject {
  readonly secrets?: readonly JsonObject[];
  readonly imagePullSecrets?: readonly JsonObject[];
  readonly automountServiceAccountToken?: boolean;
}

/** What the volume with an account's token is called in every pod, but for its suffix. */
export const TOKEN_VOLUME_PREFIX = "kube-api-access-";
