/**
 * The roles and bindings every cluster has. Upstream: plugin/pkg/auth/authorizer/rbac/bootstrappolicy.
 *
 * Rules are written `verbs; groups; resources[; names]`, or `verbs; //url,/url` with one slash too many, words parted by commas; `core` is the group without a name.
 */
import { compareStrings } from "../../apimachinery/compare";
import type { JsonObject } from "../../apimachinery/meta";
import type { PolicyRule } from "./rbac";

const READ = "get,list,watch";
const WRITE = "create,delete,deletecollection,patch,update";
const ALL = `create,delete,deletecollection,get,list,patch,update,watch`;
const EVENTS = "create,patch,update; core,events.k8s.io; events";

const VIEW = [
  `${READ}; core; configmaps,endpoints,persistentvolumeclaims,persistentvolumeclaims/status,pods,replicationcontrollers,replicationcontrollers/scale,serviceaccounts,services,services/status`,
  `${READ}; core; bindings,events,limitranges,namespaces/status,pods/log,pods/status,replicationcontrollers/status,resourcequotas,resourcequotas/status`,
  `${READ}; core; namespaces`,
  `${READ}; discovery.k8s.io; endpointslices`,
  `${READ}; apps; controllerrevisions,daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,replicasets,replicasets/scale,replicasets/status,statefulsets,statefulsets/scale,statefulsets/status`,
  `${READ}; autoscaling; horizontalpodautoscalers,horizontalpodautoscalers/status`,
  `${READ}; batch; cronjobs,cronjobs/status,jobs,jobs/status`,
  `${READ}; extensions; daemonsets,daemonsets/status,deployments,deployments/scale,deployments/status,ingresses,ingresses/status,networkpolicies,replicasets,replicasets/scale,replicasets/status,replicationcontrollers/scale`,
  `${READ}; policy; poddisruptionbudgets,poddisruptionbudgets/status`,
  `${READ}; networking.k8s.io; ingresses,ingresses/status,networkpolicies`,
];
const EDIT = [
  `${READ}; core; pods/attach,pods/exec,pods/portforward,pods/proxy,secrets,services/proxy`,
  "impersonate; core; serviceaccounts",
  `${WRITE}; core; pods,pods/attach,pods/exec,pods/portforward,pods/proxy`,
  "create; core; pods/eviction",
  `${WRITE}; core; configmaps,events,persistentvolumeclaims,replicationcontrollers,replicationcontrollers/scale,secrets,serviceaccounts,services,services/proxy`,
  "create; core; serviceaccounts/token",
  `${WRITE}; apps; daemonsets,deployments,deployments/rollback,deployments/scale,replicasets,replicasets/scale,statefulsets,statefulsets/scale`,
  `${WRITE}; autoscaling; horizontalpodautoscalers`,
  `${WRITE}; batch; cronjobs,jobs`,
  `${WRITE}; extensions; daemonsets,deployments,deployments/rollback,deployments/scale,ingresses,networkpolicies,replicasets,replicasets/scale,replicationcontrollers/scale`,
  `${WRITE}; policy; poddisruptionbudgets`,
  `${WRITE}; networking.k8s.io; ingresses,networkpolicies`,
  `${ALL}; coordination.k8s.io; leases`,
];
const ADMIN = [
  "create; authorization.k8s.io; localsubjectaccessreviews",
  `${ALL}; rbac.authorization.k8s.io; rolebindings,roles`,
];
const SCHEDULER = [
  EVENTS,
  "create; coordination.k8s.io; leases",
  "get,list,update,watch; coordination.k8s.io; leases; kube-scheduler",
  `${READ}; core; nodes`,
  "delete,get,list,watch; core; pods",
  "create; core; bindings,pods/binding",
  "patch,update; core; pods/status",
  `${READ}; core; replicationcontrollers,services`,
  `${READ}; apps; replicasets,statefulsets`,
  `${READ}; policy; poddisruptionbudgets`,
  `${READ}; core; persistentvolumeclaims,persistentvolumes`,
  "create; authentication.k8s.io; tokenreviews",
  "create; authorization.k8s.io; subjectaccessreviews",
  `${READ}; storage.k8s.io; csidrivers,csinodes,csistoragecapacities`,
  `${READ}; core; namespaces`,
];
const MANAGER = [
  EVENTS,
  "create; coordination.k8s.io; leases",
  "get,list,update,watch; coordination.k8s.io; leases; kube-controller-manager",
  "create; core; secrets,serviceaccounts",
  "delete; core; secrets",
  "get; core; configmaps,namespaces,secrets,serviceaccounts",
  "update; core; secrets,serviceaccounts",
  "create; authentication.k8s.io; tokenreviews",
  "create; authorization.k8s.io; subjectaccessreviews",
  "list,watch; *; *",
  "create; core; serviceaccounts/token",
];
const NODE = [
  "create; authentication.k8s.io; tokenreviews",
  "create; authorization.k8s.io; localsubjectaccessreviews,subjectaccessreviews",
  `${READ}; core; services`,
  "create,get,list,watch; core; nodes",
  "patch,update; core; nodes/status",
  "patch,update; core; nodes",
  `${READ}; core; pods`,
  "create,delete; core; pods",
  "patch,update; core; pods/status",
  "create; core; pods/eviction",
  `${READ}; core; configmaps,secrets`,
  "get; core; persistentvolumeclaims,persistentvolumes",
  "get; core; endpoints",
  "create,get,list,watch; certificates.k8s.io; certificatesigningrequests",
  "create,delete,get,patch,update; coordination.k8s.io; leases",
  "get; storage.k8s.io; volumeattachments",
  "create; core; serviceaccounts/token",
  `${READ}; storage.k8s.io; csidrivers`,
  "create,delete,get,patch,update; storage.k8s.io; csinodes",
  `${READ}; node.k8s.io; runtimeclasses`,
  EVENTS,
];

/** Cluster roles with rules of their own. */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  "cluster-admin": ["*; *; *", "*; //*"],
  "system:discovery": ["get; //.well-known,/.well-known/*,/api,/api/*,/apis,/apis/*,/healthz,/livez,/openapi,/openapi/*,/readyz,/version,/version/"],
  "system:monitoring": ["get; //healthz,/healthz/*,/livez,/livez/*,/metrics,/metrics/slis,/readyz,/readyz/*"],
  "system:basic-user": ["create; authorization.k8s.io; selfsubjectaccessreviews,selfsubjectrulesreviews", "create; authentication.k8s.io; selfsubjectreviews"],
  "system:public-info-viewer": ["get; //healthz,/livez,/readyz,/version,/version/"],
  "system:service-account-issuer-discovery": ["get; //.well-known/openid-configuration,/.well-known/openid-configuration/,/openid/v1/jwks,/openid/v1/jwks/"],
  "system:heapster": [`${READ}; core; events,namespaces,nodes,pods`, `${READ}; extensions; deployments`],
  "system:auth-delegator": ["create; authentication.k8s.io; tokenreviews", "create; authorization.k8s.io; subjectaccessreviews"],
  "system:kube-aggregator": [`${READ}; core; endpoints,services`],
  "system:kube-dns": ["list,watch; core; endpoints,services"],
  "system:kube-scheduler": SCHEDULER,
  "system:volume-scheduler": ["get,list,patch,update,watch; core; persistentvolumes", `${READ}; storage.k8s.io; storageclasses`, "get,list,patch,update,watch; core; persistentvolumeclaims"],
  "system:kube-controller-manager": MANAGER,
  "system:node": NODE,
  "system:node-proxier": ["list,watch; core; endpoints,services", `${READ}; core; nodes`, EVENTS, "list,watch; discovery.k8s.io; endpointslices", "list,watch; networking.k8s.io; servicecidrs"],
  "system:node-problem-detector": ["get; core; nodes", "patch; core; nodes/status", EVENTS],
  "system:node-bootstrapper": ["create,get,list,watch; certificates.k8s.io; certificatesigningrequests"],
  "system:kubelet-api-admin": [`${READ}; core; nodes`, "proxy; core; nodes", "*; core; nodes/configz,nodes/healthz,nodes/log,nodes/metrics,nodes/pods,nodes/proxy,nodes/spec,nodes/stats"],
  "system:persistent-volume-provisioner": ["create,delete,get,list,watch; core; persistentvolumes", "get,list,update,watch; core; persistentvolumeclaims", `${READ}; storage.k8s.io; storageclasses`, "watch; core; events", EVENTS],
  "system:certificates.k8s.io:certificatesigningrequests:nodeclient": ["create; certificates.k8s.io; certificatesigningrequests/nodeclient"],
  "system:certificates.k8s.io:certificatesigningrequests:selfnodeclient": ["create; certificates.k8s.io; certificatesigningrequests/selfnodeclient"],
  "system:certificates.k8s.io:kube-apiserver-client-approver": ["approve; certificates.k8s.io; signers; kubernetes.io/kube-apiserver-client"],
  "system:certificates.k8s.io:kube-apiserver-client-kubelet-approver": ["approve; certificates.k8s.io; signers; kubernetes.io/kube-apiserver-client-kubelet"],
  "system:certificates.k8s.io:kubelet-serving-approver": ["approve; certificates.k8s.io; signers; kubernetes.io/kubelet-serving"],
  "system:certificates.k8s.io:legacy-unknown-approver": ["approve; certificates.k8s.io; signers; kubernetes.io/legacy-unknown"],
  "system:aggregate-to-admin": ADMIN,
  "system:aggregate-to-edit": EDIT,
  "system:aggregate-to-view": VIEW,
};

/** Cluster roles made of others: what they are made of, and what they go into themselves. */
const AGGREGATES: Readonly<Record<string, { readonly rules: readonly string[]; readonly into?: string }>> = {
  admin: { rules: [...ADMIN, ...EDIT, ...VIEW] },
  edit: { rules: [...EDIT, ...VIEW], into: "admin" },
  view: { rules: VIEW, into: "edit" },
};

/** What each controller may do with its own account. Upstream: controller_policy.go. */
const CONTROLLERS: Readonly<Record<string, readonly string[]>> = {
  "attachdetach-controller": ["list,watch; core; persistentvolumeclaims,persistentvolumes", `${READ}; core; nodes`, "patch,update; core; nodes/status", "list,watch; core; pods", "create,delete,get,list,watch; storage.k8s.io; volumeattachments"],
  "certificate-controller": ["delete,get,list,watch; certificates.k8s.io; certificatesigningrequests", "update; certificates.k8s.io; certificatesigningrequests/approval,certificatesigningrequests/status", "create; authorization.k8s.io; subjectaccessreviews"],
  "clusterrole-aggregation-controller": ["escalate,get,list,patch,update,watch; rbac.authorization.k8s.io; clusterroles"],
  "cronjob-controller": ["get,list,update,watch; batch; cronjobs", "create,delete,get,list,patch,update,watch; batch; jobs", "update; batch; cronjobs/status", "update; batch; cronjobs/finalizers", "delete,list; core; pods"],
  "daemon-set-controller": [`${READ}; apps,extensions; daemonsets`, "update; apps,extensions; daemonsets/status", "list,watch; core; nodes", "create,delete,list,patch,watch; core; pods", "create,delete,get,list,patch,update,watch; apps; controllerrevisions"],
  "deployment-controller": ["get,list,update,watch; apps,extensions; deployments", "update; apps,extensions; deployments/status", "create,delete,get,list,patch,update,watch; apps,extensions; replicasets", "get,list,update,watch; core; pods"],
  "disruption-controller": [`${READ}; apps,extensions; deployments`, `${READ}; apps,extensions; replicasets`, `${READ}; core; replicationcontrollers`, `${READ}; policy; poddisruptionbudgets`, `${READ}; apps; statefulsets`, "update; policy; poddisruptionbudgets/status", "get; *; */scale"],
  "endpoint-controller": [`${READ}; core; pods,services`, "create,delete,get,list,update; core; endpoints"],
  "endpointslice-controller": [`${READ}; core; nodes,pods,services`, "create,delete,get,list,update; discovery.k8s.io; endpointslices"],
  "endpointslicemirroring-controller": [`${READ}; core; endpoints,services`, "create,delete,get,list,update; discovery.k8s.io; endpointslices"],
  "ephemeral-volume-controller": [`${READ}; core; pods`, "create,get,list,watch; core; persistentvolumeclaims"],
  "expand-controller": ["get,list,patch,update,watch; core; persistentvolumes", "patch,update; core; persistentvolumeclaims/status", `${READ}; core; persistentvolumeclaims`],
  "generic-garbage-collector": ["delete,get,list,patch,update,watch; *; *"],
  "horizontal-pod-autoscaler": [`${READ}; autoscaling; horizontalpodautoscalers`, "update; autoscaling; horizontalpodautoscalers/status", "get,update; *; */scale", "list; core; pods", "list; metrics.k8s.io; pods", "get,list; custom.metrics.k8s.io; *", "get,list; external.metrics.k8s.io; *"],
  "job-controller": ["get,list,patch,update,watch; batch; jobs", "update; batch; jobs/status", "create,delete,list,patch,watch; core; pods"],
  "namespace-controller": ["delete,get,list,watch; core; namespaces", "update; core; namespaces/finalize,namespaces/status", "delete,deletecollection,get,list; *; *"],
  "node-controller": ["delete,get,list,patch,update; core; nodes", "patch,update; core; nodes/status", "patch,update; core; pods/status", "delete,get,list; core; pods"],
  "persistent-volume-binder": ["create,delete,get,list,update,watch; core; persistentvolumes", "update; core; persistentvolumes/status", "get,list,update,watch; core; persistentvolumeclaims", "update; core; persistentvolumeclaims/status", `${READ}; storage.k8s.io; storageclasses`],
  "pod-garbage-collector": ["delete,list,watch; core; pods", "get,list; core; nodes", "patch,update; core; pods/status"],
  "pv-protection-controller": ["get,list,update,watch; core; persistentvolumes"],
  "pvc-protection-controller": ["get,list,update,watch; core; persistentvolumeclaims", `${READ}; core; pods`],
  "replicaset-controller": ["get,list,update,watch; apps,extensions; replicasets", "update; apps,extensions; replicasets/status", "create,delete,list,patch,watch; core; pods"],
  "replication-controller": ["get,list,update,watch; core; replicationcontrollers", "update; core; replicationcontrollers/status", "create,delete,list,patch,watch; core; pods"],
  "resourcequota-controller": ["list,watch; *; *", "update; core; resourcequotas/status"],
  "root-ca-cert-publisher": ["create,update; core; configmaps"],
  "service-account-controller": ["create; core; serviceaccounts"],
  "statefulset-controller": ["list,watch; core; pods", `${READ}; apps; statefulsets`, "update; apps; statefulsets/status", "create,delete,get,list,patch,update,watch; core; pods", "create,delete,get,list,patch,update,watch; apps; controllerrevisions", "create,get; core; persistentvolumeclaims"],
  "taint-eviction-controller": ["delete,get,list; core; pods", "patch,update; core; pods/status", "get,list; core; nodes"],
  "ttl-after-finished-controller": ["delete,get,list,watch; batch; jobs"],
  "ttl-controller": ["list,patch,update,watch; core; nodes"],
};

/** Who is bound to what: a binding's name, the role when it has another, and the subjects as `Kind:name`. */
const BINDINGS: readonly (readonly [name: string, role: string, ...subjects: string[]])[] = [
  ["cluster-admin", "cluster-admin", "Group:system:masters"],
  ["system:monitoring", "system:monitoring", "Group:system:monitoring"],
  ["system:discovery", "system:discovery", "Group:system:authenticated"],
  ["system:basic-user", "system:basic-user", "Group:system:authenticated"],
  ["system:public-info-viewer", "system:public-info-viewer", "Group:system:authenticated", "Group:system:unauthenticated"],
  ["system:service-account-issuer-discovery", "system:service-account-issuer-discovery", "Group:system:serviceaccounts"],
  ["system:node-proxier", "system:node-proxier", "User:system:kube-proxy"],
  ["system:kube-controller-manager", "system:kube-controller-manager", "User:system:kube-controller-manager"],
  ["system:kube-dns", "system:kube-dns", "ServiceAccount:kube-dns"],
  ["system:kube-scheduler", "system:kube-scheduler", "User:system:kube-scheduler"],
  ["system:volume-scheduler", "system:volume-scheduler", "User:system:kube-scheduler"],
  ["system:node", "system:node"],
];

const GROUP = "rbac.authorization.k8s.io";
const META = { labels: { "kubernetes.io/bootstrapping": "rbac-defaults" }, annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" } };
const words = (text: string): readonly string[] => text.trim().split(",");

/** A rule from its short form. */
export function bootstrapRule(text: string): PolicyRule {
  const [verbs = "", second = "", resources, names] = text.split("; ");
  if (resources === undefined) return { nonResourceURLs: second === "//*" ? ["*"] : words(second.slice(1)), verbs: words(verbs) };
  const apiGroups = words(second).map((group) => (group === "core" ? "" : group));
  return { apiGroups, resources: words(resources), ...(names === undefined ? {} : { resourceNames: words(names) }), verbs: words(verbs) };
}

function clusterRole(name: string, rules: readonly string[], more: JsonObject = {}, labels: JsonObject = {}): JsonObject {
  return { ...more, apiVersion: `${GROUP}/v1`, kind: "ClusterRole", metadata: { name, ...META, labels: { ...META.labels, ...labels } }, rules: rules.map(bootstrapRule) as unknown as JsonObject[] };
}

function aggregated(name: string): JsonObject {
  const { rules = [], into } = AGGREGATES[name] ?? {};
  const selectors = [{ matchLabels: { [`${GROUP}/aggregate-to-${name}`]: "true" } }];
  return clusterRole(name, rules, { aggregationRule: { clusterRoleSelectors: selectors } }, into === undefined ? {} : { [`${GROUP}/aggregate-to-${into}`]: "true" });
}

function aggregateLabels(name: string): JsonObject {
  const into = /^system:aggregate-to-(.*)$/.exec(name)?.[1];
  return into === undefined ? {} : { [`${GROUP}/aggregate-to-${into}`]: "true" };
}

function subject(text: string): JsonObject {
  const colon = text.indexOf(":");
  const [kind, name] = [text.slice(0, colon), text.slice(colon + 1)];
  return kind === "ServiceAccount" ? { kind, name, namespace: "kube-system" } : { apiGroup: GROUP, kind, name };
}

function binding(name: string, role: string, subjects: readonly string[]): JsonObject {
  return { apiVersion: `${GROUP}/v1`, kind: "ClusterRoleBinding", metadata: { name, ...META }, roleRef: { apiGroup: GROUP, kind: "ClusterRole", name: role }, ...(subjects.length === 0 ? {} : { subjects: subjects.map(subject) }) };
}

const byName = (a: JsonObject, b: JsonObject): number => compareStrings((a["metadata"] as JsonObject)["name"] as string, (b["metadata"] as JsonObject)["name"] as string);

/** The cluster roles of a fresh cluster, by name. */
export function bootstrapClusterRoles(): readonly JsonObject[] {
  const own = Object.entries(ROLES).map(([name, rules]) => clusterRole(name, rules, {}, aggregateLabels(name)));
  const controllers = Object.entries(CONTROLLERS).map(([name, rules]) => clusterRole(`system:controller:${name}`, [...rules, EVENTS]));
  return [...own, ...Object.keys(AGGREGATES).map(aggregated), ...controllers].sort(byName);
}

/** The cluster role bindings of a fresh cluster, by name. */
export function bootstrapClusterRoleBindings(): readonly JsonObject[] {
  const controllers = Object.keys(CONTROLLERS).map((name) => binding(`system:controller:${name}`, `system:controller:${name}`, [`ServiceAccount:${name}`]));
  return [...BINDINGS.map(([name, role, ...subjects]) => binding(name, role, subjects)), ...controllers].sort(byName);
}
