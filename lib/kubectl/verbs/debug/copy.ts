import type { Container, EphemeralContainer, JsonObject, Pod } from "@/lib/engine";
import type { Call } from "../../command";
import { fail } from "../../failure";
import type { Profile } from "./profiles";

const PROBES = ["livenessProbe", "readinessProbe", "startupProbe"] as const;

function withoutProbes(call: Call, container: Container): Container {
  const { livenessProbe, readinessProbe, startupProbe, ...rest } = container;
  const kept = { livenessProbe, readinessProbe, startupProbe };
  const wanted = PROBES.filter((probe) => kept[probe] !== undefined && call.flags.bool(`keep-${probe.replace("Probe", "")}`));
  return { ...rest, ...Object.fromEntries(wanted.map((probe) => [probe, kept[probe]])) };
}

/** Containers with the images `--set-image` gives them. @throws {Failure} for one that is not there. */
function withImages(call: Call, containers: readonly Container[]): readonly Container[] {
  const images = new Map(call.flags.list("set-image").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  if (images.size === 0) return containers;
  const all = images.get("*");
  return containers.map((container) => ({ ...container, image: images.get(container.name) ?? all ?? container.image ?? "" }));
}

/** A copy of a pod to be looked into, with another container or with one of its own changed. Upstream: generatePodCopyWithDebugContainer. */
export function copyOf(call: Call, pod: Pod, container: EphemeralContainer, profile: Profile): JsonObject {
  const { flags } = call;
  const own = pod.spec.containers.some(({ name }) => name === container.name);
  const image = flags.text("image");
  if (!own && image === "" && flags.given("container")) fail("you must specify image when creating new container");
  const { ephemeralContainers: _looking, nodeName, initContainers, ...spec } = pod.spec;
  const tidy = (list: readonly Container[]): readonly Container[] => withImages(call, profile.keepsAll ? list : list.map((one) => withoutProbes(call, one)));
  const changed = (one: Container): Container => ({
    ...one,
    ...(image === "" ? {} : { image }),
    ...(container.command ? { command: container.command } : {}),
    ...(container.args ? { args: container.args } : {}),
    ...(flags.bool("stdin") ? { stdin: true } : {}),
    ...(flags.bool("tty") ? { tty: true } : {}),
  });
  const containers = tidy(spec.containers).map((one) => (one.name === container.name ? changed(one) : one));
  const { labels, annotations, namespace } = pod.metadata;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: flags.text("copy-to"),
      ...(namespace === undefined ? {} : { namespace }),
      ...((profile.keepsAll || flags.bool("keep-labels")) && labels ? { labels } : {}),
      ...((profile.keepsAll || flags.bool("keep-annotations")) && annotations ? { annotations } : {}),
    },
    spec: {
      ...spec,
      ...(initContainers && flags.bool("keep-init-containers") ? { initContainers: tidy(initContainers) } : {}),
      ...(flags.bool("same-node") && nodeName !== undefined ? { nodeName } : {}),
      ...(flags.bool("share-processes") ? { shareProcessNamespace: true } : {}),
      containers: own || (image === "" && flags.given("set-image")) ? containers : [...containers, container],
    },
  } as unknown as JsonObject;
}
