import { ApiError, parseQuantity, type JsonObject } from "@/lib/engine";
import { requireFlags, type Call, type Command } from "../../command";
import { resourceText, type Info } from "../../discovery";
import { fail, failAll } from "../../failure";
import { flag } from "../../flags";
import { fileFlags, findNamed } from "../../resource-args";
import { createGenerated, managedBy } from "../create/generator";

/** `kubectl autoscale`. Upstream: kubectl/pkg/cmd/autoscale. */
export const autoscale: Command = {
  name: "autoscale",
  summary: "Auto-scale a deployment, replica set, stateful set, or replication controller",
  usage: "(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [options]",
  examples: [["Between 2 and 10 pods, at half of the CPU they ask for", "kubectl autoscale deployment web --min=2 --max=10 --cpu=50%"]],
  flags: [
    ...managedBy("kubectl-autoscale"),
    ...fileFlags,
    flag("int", "max", "Most pods", { default: "-1" }),
    flag("int", "min", "Fewest pods", { default: "-1" }),
    flag("text", "cpu", "CPU to aim at: a share of what pods ask for (70%) or an amount a pod (500m)"),
    flag("text", "memory", "Memory to aim at: a share of what pods ask for (60%) or an amount a pod (200Mi)"),
    flag("int", "cpu-percent", "CPU to aim at, as a share of what pods ask for", { default: "-1", deprecated: "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU)." }),
    flag("text", "name", "Name of the autoscaler"),
  ],
  run(call) {
    requireFlags(call, "max");
    const { flags } = call;
    const [min, max] = [flags.int("min"), flags.int("max")];
    if (max < 1) fail(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
    if (max < min) fail(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
    const { infos, failures } = findNamed(call, call.words, {});
    failAll(failures);
    let code = 0;
    for (const info of infos) {
      const outcome = create(call, info);
      if (typeof outcome === "number" && outcome !== 0) code = outcome;
    }
    return code;
  },
};

function create(call: Call, info: Info) {
  if (!info.type.definition.subresources.includes("scale")) fail(`cannot autoscale a ${info.object.kind}: could not find scale subresource for ${resourceText(info.type)} in discovery information`);
  try {
    return createGenerated(call, autoscalerFor(call, info), undefined, "autoscaled");
  } catch (error) {
    // What the second version refuses is tried as the first, which knows a share of CPU and nothing else.
    const { flags } = call;
    if (!(error instanceof ApiError) || flags.int("cpu-percent") >= 0 || flags.text("cpu").endsWith("%")) throw error;
    const why = flags.text("cpu") === "" ? "empty input" : "invalid metric type: only cpu utilization is supported";
    return fail(`failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ${why}`);
  }
}

function autoscalerFor(call: Call, info: Info): JsonObject {
  const { flags } = call;
  const percent = flags.int("cpu-percent");
  const metrics = [...metricOf("cpu", percent >= 0 ? `${percent}%` : flags.text("cpu"), "m"), ...metricOf("memory", flags.text("memory"), "Mi")];
  const min = flags.int("min");
  return {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: flags.text("name") === "" ? info.ref.name : flags.text("name") },
    spec: {
      scaleTargetRef: { kind: info.object.kind, name: info.ref.name, apiVersion: info.object.apiVersion },
      ...(min > 0 ? { minReplicas: min } : {}),
      maxReplicas: flags.int("max"),
      ...(metrics.length > 0 ? { metrics } : {}),
    },
    status: { currentMetrics: null, desiredReplicas: 0 },
  } as unknown as JsonObject;
}

/** A share, or an amount; a bare number counts in `unit`. */
function metricOf(name: string, value: string, unit: string): readonly JsonObject[] {
  if (value === "") return [];
  if (value.endsWith("%")) {
    const share = Number(value.slice(0, -1));
    if (!Number.isInteger(share)) fail(`invalid value for --${name}: ${value}`);
    return [{ type: "Resource", resource: { name, target: { type: "Utilization", averageUtilization: share } } }];
  }
  const amount = /^[0-9]+$/.test(value) ? `${value}${unit}` : value;
  const parsed = parseQuantity(amount);
  if ("error" in parsed) return fail(`invalid resource ${name} value: ${value}`);
  return [{ type: "Resource", resource: { name, target: { type: "AverageValue", averageValue: amount } } }];
}
