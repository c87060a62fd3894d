import { kindId, type KindId, type KubeObject, type ObjectKey } from "@/lib/engine/apimachinery/meta";
import { POD_DISRUPTION_BUDGET } from "@/lib/engine/apimachinery/kinds";
import { labelSelectorMatches, type LabelSelector } from "@/lib/engine/apimachinery/labels";
import type { Client } from "@/lib/engine/client/client";
import type { ControllerContext } from "@/lib/engine/controllers/controller";
import { disruptionController } from "@/lib/engine/controllers/disruption/index";
import { resourceFor } from "@/lib/engine/resources/index";
import type { PodDisruptionBudget } from "@/lib/engine/models";
import { compare, type Adapter } from "./adapter";
import { scenario } from "./scenario";

const NAMESPACE = "default";
const GROUPS = { pods: "v1/Pod", replicaSets: "apps/v1/ReplicaSet", replicationControllers: "v1/ReplicationController", deployments: "apps/v1/Deployment", statefulSets: "apps/v1/StatefulSet" } as const;

/** `behaviour/disruption`: scenarios as everywhere, and `pdbStatus`: one look of the controller at objects no API server would take. */
export const disruption: Adapter = (vector, file) => {
  const { input, expected } = vector;
  if (input["op"] === "scenario") return scenario(vector, file);
  if (input["op"] !== "pdbStatus") return { skip: `no adapter for ${String(input["op"])}` };
  const stored = new Map<string, KubeObject>();
  const listed = new Map<KindId, KubeObject[]>();
  for (const [field, id] of Object.entries(GROUPS)) {
    const [kind = "", ...group] = id.split("/").reverse();
    const known = kindId(group.reverse().join("/"), kind);
    const objects = ((input[field] ?? []) as readonly KubeObject[]).map((object) => ({ ...object, kind }));
    listed.set(known, objects);
    for (const object of objects) stored.set(`${known} ${object.metadata.name}`, object);
  }
  const budget = { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "foobar", namespace: NAMESPACE, uid: "u", generation: 1 }, spec: input["pdbSpec"] } as unknown as PodDisruptionBudget;
  stored.set(`${POD_DISRUPTION_BUDGET} foobar`, budget);
  const written: { status?: PodDisruptionBudget["status"] } = {};
  const client = {
    definition: resourceFor,
    get: (kind: KindId, { name }: ObjectKey) => stored.get(`${kind} ${name}`),
    selected: (kind: KindId, _namespace: string, selector: LabelSelector) => (listed.get(kind) ?? []).filter(({ metadata }) => labelSelectorMatches(selector, metadata.labels)),
    updateStatus: (object: PodDisruptionBudget) => {
      written.status = object.status;
      return object;
    },
  };
  const context = { client: client as unknown as Client, now: 0, event: () => undefined } as unknown as ControllerContext;
  disruptionController.reconcile({ namespace: NAMESPACE, name: "foobar" }, context);
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, disruptedPods = {} } = written.status ?? {};
  return compare({ disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods, disruptedPods }, expected);
};
