import { forbidden } from "../../apimachinery/api-error";
import { deepFreeze } from "../../apimachinery/freeze";
import { POD, SERVICE_ACCOUNT } from "../../apimachinery/kinds";
import { suffix } from "../../sim/names";
import { refIn } from "../../store/store";
import type { Container, Pod, Volume } from "../../resources/core/pod/pod";
import { TOKEN_VOLUME_PREFIX, type ServiceAccount } from "../../resources/core/serviceaccount/serviceaccount";
import { isObject } from "../../resources/json-object";
import type { AdmissionPlugin, AdmissionRequest } from "../request";

const MIRROR = "kubernetes.io/config.mirror";
const PODS = { group: "", plural: "pods", kind: "Pod" };
/** Where processes find the token, the certificate and their namespace. */
const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The same for all pods: only the volume's name is a pod's own. */
const PROJECTED = deepFreeze({
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
    { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    { downwardAPI: { items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }] } },
  ],
  defaultMode: 420,
});

/** A new pod that is not a kubelet's image of a static one: those stay as they are. */
const isNewPod = ({ operation, definition, object }: AdmissionRequest): boolean => operation === "CREATE" && definition.kind === POD && object?.metadata.annotations?.[MIRROR] === undefined;

function mounted(container: Container, name: string): Container {
  if ((container.volumeMounts ?? []).some(({ mountPath }) => mountPath === MOUNT_PATH)) return container;
  return { ...container, volumeMounts: [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }] };
}

/** The pod with the token volume, unless it `brings` it, and its mounts; unchanged when every container brings something of its own there. */
function withToken(pod: Pod, volume: string, brings: boolean): Pod {
  // A pod without containers is for validation to refuse, not for us to fall over.
  if (![pod.spec.containers, pod.spec.initContainers ?? []].every((list) => Array.isArray(list) && list.every(isObject))) return pod;
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  if (all.every((container: Container) => (container.volumeMounts ?? []).some((mount) => mount.mountPath === MOUNT_PATH))) return pod;
  const containers = pod.spec.containers.map((container) => mounted(container, volume));
  const initContainers = pod.spec.initContainers?.map((container) => mounted(container, volume));
  const volumes = brings ? (pod.spec.volumes ?? []) : [...(pod.spec.volumes ?? []), { name: volume, projected: PROJECTED } as unknown as Volume];
  return { ...pod, spec: { ...pod.spec, volumes, containers, ...(initContainers ? { initContainers } : {}) } };
}

/**
 * Gives a pod an account, the account's token and pull secrets; refuses an account that does not exist. Upstream: plugin/serviceaccount.
 *
 * @simplified The `default` account is not looked for, so a pod may come in the same instant as its namespace.
 */
export const serviceAccount: AdmissionPlugin = {
  name: "ServiceAccount",
  alters: new Set([POD]),
  onlyNew: true,
  judges: new Set([POD]),
  mutate(request, { store, random }) {
    if (!isNewPod(request)) return undefined;
    const pod = request.object as Pod;
    const name = pod.spec.serviceAccountName || pod.spec.serviceAccount || "default";
    const account = store.get(refIn(SERVICE_ACCOUNT, { namespace: request.ref.namespace, name })) as (ServiceAccount & { readonly automountServiceAccountToken?: boolean; readonly imagePullSecrets?: readonly { readonly name: string }[] }) | undefined;
    const secrets = (pod.spec as { readonly imagePullSecrets?: readonly unknown[] }).imagePullSecrets === undefined && account?.imagePullSecrets !== undefined ? { imagePullSecrets: account.imagePullSecrets } : {};
    const named = { ...pod, spec: { ...pod.spec, serviceAccountName: name, serviceAccount: name, ...secrets } } as Pod;
    const { automountServiceAccountToken = account?.automountServiceAccountToken ?? true } = pod.spec as { readonly automountServiceAccountToken?: boolean };
    const present = (pod.spec.volumes ?? []).find((volume) => String(volume.name).startsWith(TOKEN_VOLUME_PREFIX))?.name;
    if (!automountServiceAccountToken) return named;
    return withToken(named, present ?? `${TOKEN_VOLUME_PREFIX}${suffix(random.fork("token-volume"))}`, present !== undefined);
  },
  validate(request, { store }) {
    if (!isNewPod(request)) return;
    const { namespace } = request.ref;
    const name = (request.object as Pod).spec.serviceAccountName ?? "default";
    if (name === "default" || store.get(refIn(SERVICE_ACCOUNT, { namespace, name }))) return;
    throw forbidden(PODS, request.ref.name, `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`);
  },
};
