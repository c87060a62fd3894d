/** How every API server divides its capacity, until somebody says otherwise. Upstream: apiserver/pkg/apis/flowcontrol/bootstrap/default.go. */
import type { Condition } from "../../apimachinery/conditions";
import type { JsonObject } from "../../apimachinery/meta";
import { timestamp } from "../../apimachinery/time";

const FLOW = "flowcontrol.apiserver.k8s.io/v1";
const EPOCH = timestamp(0);

const metadata = (name: string): JsonObject => ({ name, generation: 1, annotations: { "apf.kubernetes.io/autoupdate-spec": "true" } });

const level = (name: string, spec: JsonObject): JsonObject => ({ apiVersion: FLOW, kind: "PriorityLevelConfiguration", metadata: metadata(name), spec, status: {} });

function limited(name: string, shares: number, lendablePercent: number, queuing?: readonly [queues: number, handSize: number]): JsonObject {
  const [queues = 0, handSize = 0] = queuing ?? [];
  const limitResponse: JsonObject = queuing ? { type: "Queue", queuing: { queues, handSize, queueLengthLimit: 50 } } : { type: "Reject" };
  return level(name, { type: "Limited", limited: { nominalConcurrencyShares: shares, lendablePercent, limitResponse } });
}

/** The priority levels. */
export function bootstrapPriorityLevels(): readonly JsonObject[] {
  return [
    limited("catch-all", 5, 0),
    level("exempt", { type: "Exempt", exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } }),
    limited("global-default", 20, 50, [128, 6]),
    limited("leader-election", 10, 0, [16, 4]),
    limited("node-high", 40, 25, [64, 6]),
    limited("system", 30, 33, [64, 6]),
    limited("workload-high", 40, 50, [128, 6]),
    limited("workload-low", 100, 90, [128, 6]),
  ];
}

/** What the server finds when it looks for a flow schema's priority level. Upstream: apiserver/pkg/util/flowcontrol/apf_controller.go. */
export function danglingCondition(levelName: string, exists: boolean, stamp: string): Condition & JsonObject {
  const says = `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(levelName)} ${exists ? "and it exists" : "but there is no such object"}`;
  return { type: "Dangling", status: exists ? "False" : "True", lastTransitionTime: stamp, reason: exists ? "Found" : "NotFound", message: says };
}

const group = (name: string): JsonObject => ({ kind: "Group", group: { name } });
const user = (name: string): JsonObject => ({ kind: "User", user: { name } });
const kubeSystem = (name: string): JsonObject => ({ kind: "ServiceAccount", serviceAccount: { name, namespace: "kube-system" } });
const EVERYBODY = ["system:unauthenticated", "system:authenticated"].map(group);

function rule(verbs: readonly string[], apiGroup: string, resources: readonly string[], namespace = "*", clusterScope = false): JsonObject {
  return { verbs, apiGroups: [apiGroup], resources, ...(clusterScope ? { clusterScope } : {}), namespaces: [namespace] };
}

const ANYTHING: JsonObject = { resourceRules: [rule(["*"], "*", ["*"], "*", true)], nonResourceRules: [{ verbs: ["*"], nonResourceURLs: ["*"] }] };
const ELECTING = ["get", "create", "update"];
const LEASES = rule(ELECTING, "coordination.k8s.io", ["leases"]);

type Distinguisher = "ByUser" | "ByNamespace" | undefined;

function schema(name: string, levelName: string, matchingPrecedence: number, distinguisher: Distinguisher, subjects: readonly JsonObject[], covers: JsonObject = ANYTHING): JsonObject {
  return {
    apiVersion: FLOW,
    kind: "FlowSchema",
    metadata: metadata(name),
    spec: { priorityLevelConfiguration: { name: levelName }, matchingPrecedence, ...(distinguisher ? { distinguisherMethod: { type: distinguisher } } : {}), rules: [{ subjects, ...covers }] },
    status: { conditions: [danglingCondition(levelName, true, EPOCH)] },
  };
}

/** The flow schemas. */
export function bootstrapFlowSchemas(): readonly JsonObject[] {
  return [
    schema("catch-all", "catch-all", 10000, "ByUser", EVERYBODY),
    schema("endpoint-controller", "workload-high", 150, "ByUser", [user("system:kube-controller-manager"), kubeSystem("endpoint-controller"), kubeSystem("endpointslicemirroring-controller")], { resourceRules: [rule(ELECTING, "", ["endpoints"])] }),
    schema("exempt", "exempt", 1, undefined, [group("system:masters")]),
    schema("global-default", "global-default", 9900, "ByUser", EVERYBODY),
    schema("kube-controller-manager", "workload-high", 800, "ByNamespace", [user("system:kube-controller-manager")]),
    schema("kube-scheduler", "workload-high", 800, "ByNamespace", [user("system:kube-scheduler")]),
    schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", [kubeSystem("*")]),
    schema("probes", "exempt", 2, undefined, EVERYBODY, { nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz", "/readyz", "/livez"] }] }),
    schema("service-accounts", "workload-low", 9000, "ByUser", [group("system:serviceaccounts")]),
    schema("system-leader-election", "leader-election", 100, "ByUser", [user("system:kube-controller-manager"), user("system:kube-scheduler"), kubeSystem("*")], {
      resourceRules: [rule(ELECTING, "", ["endpoints", "configmaps"], "kube-system"), LEASES],
    }),
    schema("system-node-high", "node-high", 400, "ByUser", [group("system:nodes")], { resourceRules: [rule(["*"], "", ["nodes", "nodes/status"], "*", true), rule(["*"], "coordination.k8s.io", ["leases"])] }),
    schema("system-nodes", "system", 500, "ByUser", [group("system:nodes")]),
    schema("workload-leader-election", "leader-election", 200, "ByUser", [kubeSystem("*")], { resourceRules: [rule(ELECTING, "", ["endpoints", "configmaps"]), LEASES] }),
  ];
}
