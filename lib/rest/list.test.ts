import { expect, it } from "vitest";
import { createCluster, millis, type Cluster, type JsonObject } from "@/lib/engine";
import { handle } from "./index";

const nothing = { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never };

function count(cluster: Cluster, path: string): number {
  const answer = handle({ method: "GET", path, query: "", headers: {}, body: "", user: { name: "ana", groups: ["system:masters"] } }, cluster);
  return answer.type === "body" ? ((JSON.parse(answer.body) as JsonObject)["items"] as readonly unknown[]).length : -1;
}

it.each(["/api/v1/namespaces/default/events", "/apis/events.k8s.io/v1/namespaces/default/events"])("%s does not show Events that are over, though nothing was written since", (path) => {
  const cluster = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: nothing });
  const made = cluster.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Event", metadata: { name: "e", namespace: "default" }, involvedObject: { kind: "Pod", namespace: "default", name: "p" }, reason: "Made", message: "made", type: "Normal" });
  expect(made.metadata.name).toBe("e");
  cluster.advance(millis(3_595_000));
  const { revision } = cluster;
  expect(count(cluster, path)).toBe(1);
  cluster.advance(millis(65_000));
  expect(cluster.revision).toBe(revision);
  expect(count(cluster, path)).toBe(0);
});
