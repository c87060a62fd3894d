import { NAMESPACE, SERVICE_ACCOUNT } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import type { Namespace } from "../../resources/core/namespace/namespace";
import type { Controller, ControllerContext } from "../controller";

/** Gives every namespace its `default` ServiceAccount, again if somebody removes it. Upstream: pkg/controller/serviceaccount. */
export const serviceAccountController: Controller = {
  name: "serviceaccount",
  reconciles: NAMESPACE,
  watches: [{ kind: SERVICE_ACCOUNT, wakes: ({ metadata }) => (metadata.name === "default" ? [{ namespace: "", name: metadata.namespace ?? "" }] : []) }],
  reconcile(key: ObjectKey, { client }: ControllerContext) {
    const namespace = client.get<Namespace>(NAMESPACE, key);
    if (!namespace || namespace.metadata.deletionTimestamp !== undefined) return;
    if (client.get(SERVICE_ACCOUNT, { namespace: key.name, name: "default" })) return;
    client.create({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: key.name } });
  },
};
