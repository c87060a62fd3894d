import { JOB, POD } from "@/lib/engine/apimachinery/kinds";
import type { Condition } from "@/lib/engine/apimachinery/conditions";
import { isActive } from "@/lib/engine/controllers/pod-state";
import { indexOf } from "@/lib/engine/controllers/job/pods";
import type { Job, Pod } from "@/lib/engine/models";
import { podsIn } from "@/lib/engine/testing/scripted";
import { timestamp } from "@/lib/engine/apimachinery/time";
import { millis } from "@/lib/engine/sim/clock";
import { NS, type Run } from "./scenario-run";

const byIndex = (a: Pod, b: Pod): number => (indexOf(a) ?? 0) - (indexOf(b) ?? 0) || (a.metadata.name < b.metadata.name ? -1 : 1);

/**
 * Job controllers look at many changes together, once a second: waits until there is nothing more to look at. What lies
 * ahead is looked at in a copy, so that looking twice takes no time and deadlines come no sooner than a scenario waits for them.
 */
export function settleJobs({ cluster }: Run): void {
  for (let round = 0; round < 8; round += 1) {
    const ahead = cluster.fork();
    ahead.advance(millis(1000));
    if (ahead.revision === cluster.revision) return;
    cluster.advance(millis(1000));
  }
}

/** `first N live pod(s) (by index, then name) end with exit code C`; false for other words. */
export function endPods({ cluster }: Run, action: string, conditions: readonly Condition[] | null | undefined): boolean {
  const [, count, code] = /^first ([0-9]+) live pod\(s\) \(by index, then name\) end with exit code ([0-9]+)$/.exec(action) ?? [];
  if (count === undefined) return false;
  const kubelet = cluster.as("kubelet");
  const live = podsIn(cluster, NS).filter(isActive).sort(byIndex);
  const stamp = timestamp(cluster.now);
  for (const { metadata } of live.slice(0, Number(count))) {
    const pod = kubelet.get<Pod>(POD, { namespace: NS, name: metadata.name });
    if (!pod) continue;
    const containerStatuses = pod.spec.containers.map(({ name, image = "" }) => ({
      name,
      image,
      imageID: "",
      ready: false,
      restartCount: 0,
      lastState: {},
      state: { terminated: { exitCode: Number(code), startedAt: stamp, finishedAt: stamp } },
    }));
    kubelet.updateStatus<Pod>({ ...pod, status: { ...pod.status, phase: code === "0" ? "Succeeded" : "Failed", containerStatuses, conditions: [...(pod.status?.conditions ?? []), ...(conditions ?? [])] } });
  }
  return true;
}

/** What the recordings show of the Job. */
export function jobStatus({ cluster }: Run): unknown {
  const status = cluster.as("test").list<Job>(JOB, { namespace: NS })[0]?.status;
  const { active, succeeded, failed, ready, completedIndexes, failedIndexes, conditions = [] } = status ?? {};
  return { active, succeeded, failed, ready, completedIndexes, failedIndexes, conditions: conditions.map(({ type, status: value, reason }) => [type, value, reason]) };
}

/** Completion index and host name of every pod. */
export function indexedPods({ cluster }: Run): unknown {
  return [...podsIn(cluster, NS)].sort(byIndex).map((pod) => [String(indexOf(pod) ?? ""), pod.spec.hostname ?? ""]);
}
