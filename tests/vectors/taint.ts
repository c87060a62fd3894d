import { POD } from "@/lib/engine/apimachinery/kinds";
import { defaultTolerationSeconds } from "@/lib/engine/apiserver/admission/pod-defaults";
import type { AdmissionContext, AdmissionRequest } from "@/lib/engine/apiserver/request";
import { patience } from "@/lib/engine/controllers/tainteviction/patience";
import type { Toleration } from "@/lib/engine/resources/core/pod/pod";
import { compare, type Adapter } from "./adapter";
import { scenario } from "./scenario";

/** The pods of these recordings name their fields as Go does. */
interface GoPod {
  readonly Spec?: { readonly Tolerations?: readonly Readonly<Record<string, unknown>>[] };
}

const json = (record: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]));
const tolerations = (pod: unknown): Toleration[] => ((pod as GoPod).Spec?.Tolerations ?? []).map(json) as unknown as Toleration[];

/** Go's durations: no end is -1 ns, nothing at all is 0s. */
const goDuration = (seconds: number): string => (seconds === Infinity ? "-1ns" : `${seconds}s`);

/** What a pod's tolerations are after admission. */
function admitted(own: readonly Toleration[]): readonly Toleration[] {
  const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "default" }, spec: { containers: [], tolerations: own } };
  const request = { operation: "CREATE", definition: { kind: POD }, subresource: "", object } as unknown as AdmissionRequest;
  const changed = defaultTolerationSeconds.mutate?.(request, {} as AdmissionContext) as typeof object | undefined;
  return (changed ?? object).spec.tolerations;
}

const ops: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>> = {
  TestGetMinTolerationTime: ({ tolerations: given }) => ({ expected: goDuration(patience((given ?? []) as Toleration[])) }),
  TestForgivenessAdmission: ({ requestedPod }) => admitted(tolerations(requestedPod)),
};

/** `behaviour/taint`: how long a pod stays on a tainted node, and what admission adds to its tolerations. */
export const taint: Adapter = (vector, file) => {
  const { op } = vector.input;
  const run = typeof op === "string" && Object.hasOwn(ops, op) ? ops[op] : undefined;
  if (!run) return scenario(vector, file);
  return compare(run(vector.input), op === "TestForgivenessAdmission" ? tolerations(vector.expected["expectedPod"]) : vector.expected);
};
