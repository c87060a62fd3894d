import { createCluster, seconds, type Cluster, type JsonObject } from "@/lib/engine";
import { machines } from "@/lib/engine/testing/builders";
import { catalog } from "../../index";

/** An object of the namespace every test uses. */
export const inDefault = (name: string) => ({ namespace: "default", name });
/** Who may do anything. */
export const admin = (cluster: Cluster) => cluster.as("kubernetes-admin");

/** Two machines with these objects, forty seconds later. */
export function clusterOf(...objects: readonly JsonObject[]): Cluster {
  const cluster = createCluster({ seed: 3, kubernetesVersion: "1.36.2", nodes: machines(2), images: catalog });
  for (const object of objects) admin(cluster).create(object);
  cluster.advance(seconds(40));
  return cluster;
}

/** The spec of a pod with one container, `c`. */
export const container = (more: JsonObject = {}, image = "redis:7"): JsonObject => ({ containers: [{ name: "c", image, ...more }] });

/** Runs a script in container `c` of a pod, waiting so many seconds at most for its end. */
export function run(cluster: Cluster, source: string, name = "r", wait = 30): { readonly stdout: string; readonly stderr: string; readonly exitCode: number } {
  const begun = cluster.exec(inDefault(name), "c", ["sh", "-c", source]);
  if (!("id" in begun)) return { stdout: "", stderr: JSON.stringify(begun), exitCode: -1 };
  for (let i = 0; i < wait && cluster.execResult(begun.id)?.done !== true; i += 1) cluster.advance(seconds(1));
  const { stdout = "", stderr = "", exitCode = -1 } = cluster.execResult(begun.id) ?? {};
  return { stdout, stderr, exitCode };
}
