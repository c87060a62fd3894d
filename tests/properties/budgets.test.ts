import { describe, expect, test } from "vitest";
import { BudgetExceeded, kindId, seconds, type Deployment, type JsonObject, type KindId, type Pod } from "@/lib/engine";
import { createClient } from "@/lib/engine/client/client";
import { ApiServer } from "@/lib/engine/apiserver/pipeline";
import { workQueue, type Component, type ComponentContext } from "@/lib/engine/client/component";
import { createRecorder } from "@/lib/engine/client/events";
import { Kernel } from "@/lib/engine/kernel";
import { VirtualClock } from "@/lib/engine/sim/clock";
import { createJournal } from "@/lib/engine/sim/journal";
import { createRandom } from "@/lib/engine/sim/random";
import { createState } from "@/lib/engine/sim/state";
import { ObjectStore } from "@/lib/engine/store/store";
import { podsIn, scriptedCluster } from "@/lib/engine/testing/scripted";

const CONFIG_MAP: KindId = kindId("v1", "ConfigMap");
const DEPLOYMENT: KindId = kindId("apps/v1", "Deployment");
const REPLICA_SET: KindId = kindId("apps/v1", "ReplicaSet");
const colour = { kind: CONFIG_MAP, namespace: "default", name: "colour" };

/** Wants the map to say its own word and nothing else. */
function stubborn(name: string, word: string): Component {
  return {
    name,
    watches: [CONFIG_MAP],
    observe: (_event, { state }) => workQueue(state, name).add("colour"),
    work({ client, state }) {
      if (workQueue(state, name).take() === undefined) return false;
      client.patch(colour, { type: "merge", body: { data: { is: word } } });
      return true;
    },
  };
}

describe("a run that would never end", () => {
  test("two controllers that fight are stopped and named", () => {
    const [store, clock, state, journal] = [new ObjectStore(), new VirtualClock(), createState(), createJournal()];
    const api = new ApiServer(store, clock, createRandom(1, state), [], { serviceCIDR: "10.96.0.0/12", nodePortRange: [30000, 32767] });
    const context = (name: string): ComponentContext => {
      const client = createClient(api, `system:${name}`);
      return { client, clock, random: createRandom(1, state), state, journal, event: createRecorder(client, clock, name) };
    };
    const seats = [stubborn("red", "red"), stubborn("blue", "blue")].map((component) => ({ component, context: context(component.name) }));
    const kernel = new Kernel(seats, store, clock, state, journal, 20_000);
    createClient(api, "somebody").create({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "colour", namespace: "default" } });
    const run = (): void => kernel.drain();
    expect(run).toThrow(BudgetExceeded);
    expect(run).toThrow(/budget of 20000 steps; busiest of late: system:(red|blue) with ConfigMap default\/colour \([0-9]+ writes\), system:(red|blue) with/);
  });

  test("two thousand million replicas grow with time, and can be taken back", () => {
    const cluster = scriptedCluster();
    const admin = cluster.as("admin");
    const labels = { app: "many" };
    const many: JsonObject = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "many", namespace: "default" }, spec: { replicas: 2_147_483_647, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { nodeName: "nowhere", containers: [{ name: "c", image: "nginx" }] } } } };
    admin.create(many);
    cluster.advance(seconds(3));
    const count = podsIn(cluster).length;
    expect(count).toBeGreaterThanOrEqual(5000);
    expect(count).toBeLessThan(6000);
    admin.patch<Deployment>({ kind: DEPLOYMENT, namespace: "default", name: "many" }, { type: "merge", body: { spec: { replicas: 2 } } });
    cluster.advance(seconds(60));
    expect(podsIn(cluster).filter(({ metadata }: Pod) => metadata.deletionTimestamp === undefined)).toHaveLength(2);
    expect(admin.list(REPLICA_SET)).toHaveLength(1);
  });
});
