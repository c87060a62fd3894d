import fc from "fast-check";
import { describe, it } from "vitest";
import { findCondition, POD, type ContainerStatus, type JsonObject, type Pod } from "@/lib/engine";
import { settings } from "./generators";
import { act, node, PLACE, wait, type Act } from "./histories";
import { ended, endsForGood, leaving, must, played, ready, type Witness } from "./replay";

const NODES = 2;
const scripts = ["exit 0", "exit 1", "sleep 3", "sleep 2; exit 2", "sleep 20; exit 1", "sleep 60", "trap 'exit 0' TERM; while true; do sleep 3; done", "touch /tmp/ok; sleep 15; rm /tmp/ok; sleep 30", "sleep 8; touch /tmp/ok; while true; do sleep 5; done", "trap 'sleep 3; exit 4' TERM; touch /tmp/ok; while true; do sleep 2; done"];
const probe = fc.record({ periodSeconds: fc.integer({ min: 1, max: 5 }), failureThreshold: fc.integer({ min: 1, max: 3 }), initialDelaySeconds: fc.integer({ min: 0, max: 6 }) }).map((times) => ({ exec: { command: ["test", "-e", "/tmp/ok"] }, ...times }));
const rare = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 1 });
const hook = fc.constantFrom<JsonObject>({ preStop: { exec: { command: ["sleep", "3"] } } }, { preStop: { sleep: { seconds: 4 } } }, { postStart: { exec: { command: ["sleep", "2"] } } }, { postStart: { exec: { command: ["false"] } } });
const plain = fc.tuple(fc.constantFrom("busybox:1.36", "busybox:1.36", "busybox:1.36", "nginx:1.29", "nginx:no-existe"), fc.constantFrom(...scripts)).map(([image, script]): JsonObject => ({ image, ...(image.startsWith("busybox") ? { command: ["sh", "-c", script] } : {}) }));
const rich = fc.tuple(plain, rare(probe), rare(probe), rare(probe), rare(hook)).map(([one, liveness, readiness, startup, lifecycle]): JsonObject => ({
  ...one,
  ...(liveness ? { livenessProbe: liveness } : {}),
  ...(readiness ? { readinessProbe: readiness } : {}),
  ...(startup ? { startupProbe: startup } : {}),
  ...(lifecycle ? { lifecycle } : {}),
}));
const init = fc.oneof(plain, rich.map((one): JsonObject => ({ ...one, restartPolicy: "Always" })));
const names = fc.constantFrom("one", "two");
const pod = fc.tuple(names, fc.array(rich, { minLength: 1, maxLength: 2 }), fc.array(init, { maxLength: 2 }), fc.constantFrom("Always", "OnFailure", "Never"), fc.constantFrom(0, 2, 10), rare(fc.integer({ min: 1, max: 60 }))).map(
  ([name, mains, inits, restartPolicy, grace, deadline]): Act => ({
    do: "put",
    object: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, namespace: PLACE },
      spec: { restartPolicy, terminationGracePeriodSeconds: grace, ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }), initContainers: inits.map((one, i) => ({ ...one, name: `i${i}` })), containers: mains.map((one, i) => ({ ...one, name: `c${i}` })) },
    },
  }),
);
const deed: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: wait },
  { weight: 3, arbitrary: pod },
  { weight: 2, arbitrary: fc.tuple(fc.nat(4), fc.boolean()).map(([nth, force]): Act => ({ do: "kill", nth, force })) },
  { weight: 1, arbitrary: names.map((name): Act => ({ do: "patch", kind: POD, name, body: { spec: { activeDeadlineSeconds: 5 } } })) },
  { weight: 2, arbitrary: fc.tuple(node(NODES), fc.constantFrom("powerOff" as const, "powerOn" as const, "disconnect" as const, "reconnect" as const)).map(([name, how]): Act => ({ do: "machine", node: name, how })) },
);
const history = fc.tuple(pod, fc.array(deed, { minLength: 2, maxLength: 9 })).map(([first, rest]): readonly Act[] => [first, ...rest]);

const statuses = ({ status }: Pod): readonly ContainerStatus[] => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];

/** Runs are counted, ends stay, and conditions tell when they changed. */
const remembers: Witness = ({ kind, object, previous }) => {
  if (kind !== POD || previous === undefined) return;
  const [was, is] = [previous as Pod, object as Pod];
  const before = new Map(statuses(was).map((status) => [status.name, status]));
  for (const { name, restartCount, state } of statuses(is)) {
    const old = before.get(name);
    if (!old) continue;
    must(restartCount >= old.restartCount, () => `${name} forgets restarts`);
    if (old.state.terminated === undefined || restartCount > old.restartCount) continue;
    must(state.running === undefined, () => `${name} runs again, and it is not counted`);
    must(state.terminated === undefined || state.terminated.exitCode === old.state.terminated.exitCode, () => `${name} ended twice`);
  }
  for (const { type, status, lastTransitionTime } of is.status?.conditions ?? []) {
    const old = findCondition(was.status?.conditions, type);
    must(old === undefined || old.status !== status || old.lastTransitionTime === lastTransitionTime, () => `${type} stays ${status} and says it changed`);
  }
};

/** Phase, readiness and containers say the same. */
const agrees: Witness = ({ kind, object, by }) => {
  if (kind !== POD || by !== "system:kubelet") return;
  const { metadata, spec, status = {} } = object as Pod;
  const all = statuses(object as Pod);
  const mains = status.containerStatuses ?? [];
  const say = (what: string) => () => `${metadata.name} ${what}: ${JSON.stringify(status)}`;
  const sidecars = new Set((spec.initContainers ?? []).flatMap(({ name, restartPolicy }) => (restartPolicy === "Always" ? [name] : [])));
  const serving = all.every((one) => one.ready || (!mains.includes(one) && !sidecars.has(one.name)));
  must(all.every(({ state }) => Object.keys(state).length === 1), say("has a container of two states"));
  must(!ready(object as Pod) || (serving && status.phase === "Running"), say("is ready and is not"));
  must(ready(object as Pod) || !serving || status.phase !== "Running" || findCondition(status.conditions, "Ready")?.reason === "PodFailed", say("is not ready and is"));
  must(!ended(object as Pod) || all.every(({ state }) => state.running === undefined), say("has ended and runs"));
  must(status.phase !== "Succeeded" || mains.every(({ state }) => state.terminated?.exitCode === 0), say("has not succeeded"));
  must(!ended(object as Pod) || leaving(object) || spec.restartPolicy !== "Always" || status.reason !== undefined, say("has ended, and should begin again"));
};

describe("a kubelet promises that", () => {
  it("whatItSaysOfAPodHoldsTogether", () => {
    fc.assert(
      fc.property(history, (acts) => {
        const cluster = played(NODES, acts, (event, world, now) => [endsForGood, remembers, agrees].forEach((witness) => witness(event, world, now)));
        const pods = cluster.as("reader").list<Pod>(POD, { namespace: PLACE });
        for (const one of pods) {
          must(!leaving(one), () => `${one.metadata.name} never goes`);
          must(one.spec.activeDeadlineSeconds === undefined || ended(one) || one.status?.startTime === undefined, () => `${one.metadata.name} outlives its deadline`);
          act(cluster, { do: "delete", kind: POD, name: one.metadata.name });
        }
        act(cluster, { do: "wait", millis: 60_000 });
        must(cluster.as("reader").list<Pod>(POD, { namespace: PLACE }).length === 0, () => "deleted pods stay");
      }),
      settings(120),
    );
  });
});
