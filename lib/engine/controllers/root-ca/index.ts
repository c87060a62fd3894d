import { ROOT_CA } from "../../apimachinery/root-ca";
import { CONFIG_MAP, NAMESPACE } from "../../apimachinery/kinds";
import { deepEqual } from "../../apimachinery/compare";
import type { ObjectKey } from "../../apimachinery/meta";
import type { ConfigMap } from "../../resources/core/configmap/configmap";
import type { Namespace } from "../../resources/core/namespace/namespace";
import type { Controller, ControllerContext } from "../controller";

const NAME = "kube-root-ca.crt";
const DESCRIPTION =
  "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

const DATA = { "ca.crt": ROOT_CA };

/**
 * Publishes the API server's certificate in every namespace. Upstream: pkg/controller/certificates/rootcacertpublisher.
 *
 * @simplified The certificate is a stand-in: only clients inside the cluster know it, by its text.
 */
export const rootCaController: Controller = {
  name: "root-ca-certificate-publisher",
  reconciles: NAMESPACE,
  watches: [{ kind: CONFIG_MAP, wakes: ({ metadata }) => (metadata.name === NAME ? [{ namespace: "", name: metadata.namespace ?? "" }] : []) }],
  reconcile(key: ObjectKey, { client }: ControllerContext) {
    const namespace = client.get<Namespace>(NAMESPACE, key);
    if (!namespace || namespace.metadata.deletionTimestamp !== undefined) return;
    const found = client.get<ConfigMap>(CONFIG_MAP, { namespace: key.name, name: NAME });
    const annotations = { "kubernetes.io/description": DESCRIPTION };
    if (!found) client.create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: NAME, namespace: key.name, annotations }, data: DATA });
    else if (!deepEqual(found.data, DATA)) client.update<ConfigMap>({ ...found, data: DATA });
  },
};
