import type { JsonObject, KubeObject, Pod, Service } from "@/lib/engine";
import { usageFailure, type Call, type Command } from "../../command";
import type { Info } from "../../discovery";
import { fail, failAll } from "../../failure";
import { flag } from "../../flags";
import { recordFlag } from "../../record";
import { fileFlags, findNamed } from "../../resource-args";
import { createGenerated, managedBy } from "../create/generator";

/** `kubectl expose`. Upstream: kubectl/pkg/cmd/expose. */
export const expose: Command = {
  name: "expose",
  summary: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
  usage: "(-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type] [options]",
  examples: [["A Service for a deployment", "kubectl expose deployment web --port=80 --target-port=8080"]],
  flags: [
    ...managedBy("kubectl-expose"),
    ...fileFlags,
    recordFlag,
    flag("text", "name", "Name of the Service"),
    flag("text", "port", "Port of the Service"),
    flag("text", "target-port", "Port of the container, number or name"),
    flag("text", "protocol", "TCP, UDP or SCTP"),
    flag("text", "type", "ClusterIP, NodePort, LoadBalancer or ExternalName"),
    flag("text", "selector", "Labels of the pods"),
    flag("text", "labels,l", "Labels of the Service"),
    flag("text", "external-ip", "Address outside the cluster"),
    flag("text", "load-balancer-ip", "Address to ask for"),
    flag("text", "cluster-ip", "Address inside the cluster; None for a headless Service"),
    flag("text", "session-affinity", "None or ClientIP"),
    flag("text", "override-type", "json, merge or strategic", { default: "merge" }),
    flag("text", "overrides", "JSON that has the last word"),
  ],
  run(call) {
    if (call.words.length === 0 && call.flags.list("filename").length === 0) fail("You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'");
    const { infos, failures } = findNamed(call, call.words, {});
    failAll(failures);
    if (infos.length === 0) fail("no resources found");
    let code = 0;
    for (const info of infos) {
      const outcome = createGenerated(call, serviceFor(call, info), undefined, "exposed");
      if (typeof outcome === "number") code = outcome;
    }
    return code;
  },
};

function specOf(object: KubeObject): JsonObject {
  return ((object as unknown as JsonObject)["spec"] ?? {}) as JsonObject;
}

function selectorOf(call: Call, info: Info): JsonObject {
  const given = call.flags.text("selector");
  if (given !== "") return Object.fromEntries(given.split(",").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  if (info.type.singular === "pod") {
    const labels = info.object.metadata.labels ?? {};
    return Object.keys(labels).length > 0 ? labels : fail("couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed");
  }
  const selector = specOf(info.object)["selector"] as JsonObject | undefined;
  if (selector === undefined) return fail(`cannot expose a ${info.object.kind}`);
  const labels = "matchLabels" in selector ? (selector["matchLabels"] as JsonObject) : selector;
  return "matchExpressions" in selector ? fail("couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions to map") : labels;
}

interface Port {
  readonly port: number;
  readonly protocol: string;
}

/** Ports an object says it listens on. */
function portsOf(info: Info): readonly Port[] {
  if (info.type.singular === "service") return ((info.object as Service).spec.ports ?? []).map(({ port, protocol = "TCP" }) => ({ port, protocol }));
  const spec = info.type.singular === "pod" ? (info.object as Pod).spec : ((specOf(info.object)["template"] as JsonObject | undefined)?.["spec"] as unknown as Pod["spec"] | undefined);
  return (spec?.containers ?? []).flatMap((container) => (container.ports ?? []).map(({ containerPort, protocol = "TCP" }) => ({ port: containerPort, protocol })));
}

/** Kinds whose pods a Service may be made for. Upstream: polymorphichelpers.canBeExposed. */
const EXPOSED: ReadonlySet<string> = new Set(["deployment.apps", "pod", "replicaset.apps", "replicationcontroller", "service"]);

function serviceFor(call: Call, info: Info): JsonObject {
  const { flags } = call;
  if (!EXPOSED.has(info.type.singular)) fail(`cannot expose a ${info.object.kind}${info.type.group === "" ? "" : `.${info.type.group}`}`);
  const unread = flags.text("port").split(",").find((port) => port !== "" && !/^[-+]?[0-9]+$/.test(port));
  if (unread !== undefined) fail(`strconv.Atoi: parsing ${JSON.stringify(unread)}: invalid syntax`);
  const name = flags.text("name") === "" ? info.ref.name : flags.text("name");
  if (name.length > 63) usageFailure(call, `name is longer than 63 characters: ${name}`);
  const selector = selectorOf(call, info);
  const known = portsOf(info);
  const wanted: readonly Port[] = flags.text("port") === "" ? known : flags.text("port").split(",").map((port) => ({ port: Number(port), protocol: known.find((one) => one.port === Number(port))?.protocol ?? "TCP" }));
  if (wanted.length === 0 && flags.text("cluster-ip") !== "None") fail("couldn't find port via --port flag or introspection");
  const target = flags.text("target-port");
  const ports = wanted.map(({ port, protocol }, i) => ({
    ...(wanted.length > 1 ? { name: `port-${i + 1}` } : {}),
    port,
    protocol: flags.text("protocol") === "" ? protocol : flags.text("protocol"),
    targetPort: target === "" ? port : /^[0-9]+$/.test(target) ? Number(target) : target,
  }));
  const labels = flags.text("labels") === "" ? info.object.metadata.labels : Object.fromEntries(flags.text("labels").split(",").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
  const text = (flagName: string, field: string): JsonObject => (flags.text(flagName) === "" ? {} : { [field]: flags.text(flagName) });
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, ...(labels === undefined || Object.keys(labels).length === 0 ? {} : { labels }) },
    spec: { ...text("cluster-ip", "clusterIP"), ...(flags.text("external-ip") === "" ? {} : { externalIPs: [flags.text("external-ip")] }), ...text("load-balancer-ip", "loadBalancerIP"), ports, selector, ...text("session-affinity", "sessionAffinity"), ...text("type", "type") },
    status: { loadBalancer: {} },
  };
}
