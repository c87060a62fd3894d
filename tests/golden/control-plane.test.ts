import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createCluster, DEPLOYMENT, NODE, POD, STATEFUL_SET, type Cluster, type JsonObject, type Pod } from "@/lib/engine";
import { daemonSet, deployment, machines, pod, service, statefulSet, template } from "@/lib/engine/testing/builders";
import { storyOf, type Story } from "@/lib/engine/testing/story";
import { catalog } from "@/lib/images";

const inDefault = (name: string) => ({ namespace: "default", name });
const admin = (cluster: Cluster) => cluster.as("kubernetes-admin");
const nginx = (app: string, tag = "1.29"): JsonObject => template(app, `nginx:${tag}`);

/** The stories the control plane is known by. `UPDATE_GOLDEN=1` writes them anew. */
const stories: Readonly<Record<string, (cluster: Cluster, story: Story) => void>> = {
  "rolling-update": (cluster, story) => {
    admin(cluster).create(deployment("web", 3, { template: nginx("web") }));
    story.run(10);
    story.say("nginx:1.30");
    admin(cluster).patch({ kind: DEPLOYMENT, ...inDefault("web") }, { type: "merge", body: { spec: { template: nginx("web", "1.30") } } });
    story.run(30);
  },
  "stateful-order": (cluster, story) => {
    admin(cluster).create(service("db", { clusterIP: "None" }));
    admin(cluster).create(statefulSet("db", 3, { template: nginx("db") }));
    story.run(20);
    story.say("down to one");
    admin(cluster).patch({ kind: STATEFUL_SET, ...inDefault("db") }, { type: "merge", body: { spec: { replicas: 1 } } });
    story.run(20);
  },
  "no-node-fits": (cluster, story) => {
    admin(cluster).create(pod("big", { containers: [{ name: "c", image: "nginx:1.29", resources: { requests: { cpu: "32" } } }] }));
    for (const name of ["node-1", "node-2", "node-3"]) admin(cluster).patch({ kind: NODE, namespace: "", name }, { type: "merge", body: { spec: { unschedulable: true } } });
    story.run(1);
    admin(cluster).create(pod("small", { containers: [{ name: "c", image: "nginx:1.29" }] }));
    story.run(2);
    story.say("node-2 is opened again");
    admin(cluster).patch({ kind: NODE, namespace: "", name: "node-2" }, { type: "merge", body: { spec: { unschedulable: null } } });
    story.run(5);
  },
  "foreground-deletion": (cluster, story) => {
    admin(cluster).create(deployment("web", 2, { template: nginx("web") }));
    story.run(6);
    story.say("deleted in the foreground");
    admin(cluster).delete({ kind: DEPLOYMENT, ...inDefault("web") }, { propagation: "Foreground" });
    story.run(10);
  },
  "machine-off": (cluster, story) => {
    admin(cluster).create(deployment("web", 3, { template: nginx("web") }));
    admin(cluster).create(statefulSet("db", 3, { template: nginx("db") }));
    admin(cluster).create(daemonSet("agent", { template: nginx("agent") }));
    story.run(20);
    const lost = admin(cluster).get<Pod>(POD, inDefault("db-1"))?.spec.nodeName ?? "";
    story.say(`${lost}, where db-1 runs, loses its power`);
    cluster.machines.powerOff(lost);
    story.run(420);
    story.say(`${lost} is back`);
    cluster.machines.powerOn(lost);
    story.run(120);
  },
};

describe("the control plane's stories", () => {
  for (const [name, tell] of Object.entries(stories)) {
    it(`${name} goes as it always went`, () => {
      const cluster = createCluster({ seed: 7, kubernetesVersion: "1.36.2", nodes: machines(3), images: catalog });
      cluster.settle();
      const story = storyOf(cluster);
      tell(cluster, story);
      const file = join(import.meta.dirname, `${name}.txt`);
      if (process.env["UPDATE_GOLDEN"] === "1" || !existsSync(file)) writeFileSync(file, story.text());
      expect(story.text()).toBe(readFileSync(file, "utf8"));
    });
  }
});
