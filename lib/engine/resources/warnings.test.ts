import { describe, expect, it } from "vitest";
import { DEPLOYMENT, ENDPOINT_SLICE, JOB, NETWORK_POLICY, NODE, PERSISTENT_VOLUME, POD, RUNTIME_CLASS, SERVICE, SERVICE_ACCOUNT, STATEFUL_SET, STORAGE_CLASS } from "../apimachinery/kinds";
import type { KubeObject } from "../apimachinery/meta";
import { warningsOf } from "./warnings";

const pod = (spec: object): KubeObject => ({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec }) as unknown as KubeObject;

describe("warningsOf", () => {
  const odd = pod({ nodeSelector: { "beta.kubernetes.io/os": "linux" }, containers: [{ name: "c", image: "nginx", env: [{ name: "A", value: "1" }, { name: "A", value: "2" }] }] });

  it("tells of what is accepted and will surprise", () => {
    expect(warningsOf(POD, odd, undefined)).toEqual([
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ]);
  });

  it("is silent while nothing that is wanted changes", () => {
    expect(warningsOf(POD, odd, odd)).toEqual([]);
  });
});

const made = (fields: object, annotations = {}): KubeObject => ({ metadata: { name: "x", annotations }, ...fields }) as unknown as KubeObject;

describe("warnings of pods", () => {
  const told = (spec: object, annotations = {}): readonly string[] => warningsOf(POD, made({ spec: { containers: [], ...spec } }, annotations), undefined);

  it("tell of ports that meet", () => {
    const ports = [{ containerPort: 80, protocol: "TCP" }, { containerPort: 80, protocol: "TCP", hostPort: 1 }, { containerPort: 80, protocol: "TCP", hostPort: 1, hostIP: "1.2.3.4" }];
    expect(told({ initContainers: [{ name: "i", ports: ports.slice(0, 1) }], containers: [{ name: "c", ports: ports.slice(1) }, { name: "d", ports: [{ containerPort: 9, protocol: "UDP", hostIP: "1.2.3.4" }] }] })).toEqual([
      "spec.containers[0].ports[0]: overlapping port definition with spec.initContainers[0].ports[0]",
      "spec.containers[0].ports[1]: overlapping port definition with spec.initContainers[0].ports[0]",
      "spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]",
      "spec.containers[1].ports[0]: hostIP set without hostPort: {Name: HostPort:0 ContainerPort:9 Protocol:UDP HostIP:1.2.3.4}",
    ]);
  });

  it("tell of paths that hide one another", () => {
    const items = ["a", "a/b", "c"].map((path) => ({ key: "k", path }));
    expect(told({ volumes: [{ name: "v", configMap: { name: "m", items } }, { name: "p", projected: { sources: [{ secret: { name: "s", items: items.slice(0, 1) } }, { downwardAPI: { items: items.slice(1, 2) } }] } }] })).toEqual([
      'volume "v" (ConfigMap "m"): overlapping paths: "a/b" with "a"',
      'volume "p" (Projected DownwardAPI): overlapping paths: "a/b" with "a"',
    ]);
  });

  it("tell of what is there twice, or not at all", () => {
    expect(told({ hostAliases: [{ ip: "1.2.3.4" }, { ip: "1.2.3.4" }, { ip: "A::0" }], imagePullSecrets: [{ name: "s" }, { name: "s" }, {}] })).toEqual([
      'spec.hostAliases[1].ip: duplicate ip "1.2.3.4"',
      'spec.hostAliases[2].ip: IPv6 address "A::0" should be in RFC 5952 canonical format ("a::")',
      'spec.imagePullSecrets[1].name: duplicate name "s"',
      'spec.imagePullSecrets[2].name: invalid empty name ""',
    ]);
    const env = [{ name: "A", value: "1" }, { name: "A", value: "$(A)2" }, { name: "A", value: "$(A)" }];
    expect(told({ containers: [{ name: "c", env }] })).toEqual(['spec.containers[0].env[2]: hides previous definition of "A", which may be dropped when using apply']);
  });

  it("tell of old annotations where the fields are not used", () => {
    const annotations = { "scheduler.alpha.kubernetes.io/critical-pod": "", "container.seccomp.security.alpha.kubernetes.io/c": "x", "container.seccomp.security.alpha.kubernetes.io/other": "x", "container.apparmor.security.beta.kubernetes.io/c": "x" };
    expect(told({ containers: [{ name: "c" }] }, annotations)).toEqual([
      'metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead',
      'metadata.annotations[container.seccomp.security.alpha.kubernetes.io/c]: non-functional in v1.27+; use the "seccompProfile" field instead',
      'metadata.annotations[container.apparmor.security.beta.kubernetes.io/c]: deprecated since v1.30; use the "appArmorProfile" field instead',
    ]);
    expect(told({ containers: [{ name: "c", securityContext: { seccompProfile: {}, appArmorProfile: {} } }] }, annotations)).toHaveLength(1);
  });

  it("tell of preferences for what no node has", () => {
    const preference = { matchExpressions: [{ key: "node-role.kubernetes.io/master", operator: "In", values: ["-"] }] };
    const [first, second] = told({ affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference }] }, podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "a" }] } } });
    expect(first).toContain('preference.matchExpressions[0].key: node-role.kubernetes.io/master is use "node-role.kubernetes.io/control-plane" instead');
    expect(second).toContain("preference.matchExpressions[0].values[0]: - is invalid, ");
  });

  it("are for new pods only", () => {
    const before = made({ spec: { containers: [] } });
    expect(warningsOf(POD, made({ spec: { containers: [], imagePullSecrets: [{}] } }), before)).toEqual([]);
    expect(warningsOf(DEPLOYMENT, made({ spec: { template: { spec: { imagePullSecrets: [{}] } } } }), before)).toHaveLength(1);
  });
});

describe("warnings of other kinds", () => {
  it("tell of what Services do without", () => {
    const told = (spec: object): readonly string[] => warningsOf(SERVICE, made({ spec: { type: "ClusterIP", ...spec } }), undefined);
    expect(told({ clusterIP: "None", externalIPs: ["1.2.3.4"], sessionAffinity: "ClientIP" })).toEqual(["spec.externalIPs is ignored for headless services", "spec.SessionAffinity is ignored for headless services"]);
    expect(told({ externalIPs: ["1.2.3.4"], externalName: "a", trafficDistribution: "PreferClose" })).toEqual([
      "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
      'spec.externalName is ignored when spec.type is not "ExternalName"',
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ]);
  });

  it("tell of claims of parts of bytes, and of histories without end", () => {
    const spec = { revisionHistoryLimit: -1, volumeClaimTemplates: [{ spec: { resources: { requests: { storage: "0.5" } } } }] };
    expect(warningsOf(STATEFUL_SET, made({ spec }), undefined)).toEqual([
      'spec.volumeClaimTemplates[0].resources.requests[storage]: fractional byte value "500m" is invalid, must be an integer',
      "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended",
    ]);
  });

  it("tell of old names, annotations and forms", () => {
    const key = "beta.kubernetes.io/os";
    const old = 'deprecated since v1.14; use "kubernetes.io/os" instead';
    const told = (kind: Parameters<typeof warningsOf>[0], fields: object, annotations = {}): readonly string[] => warningsOf(kind, made(fields, annotations), undefined);
    expect(told(STORAGE_CLASS, { allowedTopologies: [{ matchLabelExpressions: [{ key }] }] })).toEqual([`allowedTopologies[0].matchLabelExpressions[0]: ${old}`]);
    expect(told(RUNTIME_CLASS, { scheduling: { nodeSelector: { [key]: "linux" } } })).toEqual([`scheduling.nodeSelector: ${old}`]);
    expect(told(PERSISTENT_VOLUME, { spec: { rbd: {}, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key }] }] } } } })).toEqual([
      `spec.nodeAffinity.required.nodeSelectorTerms[0].matchExpressions[0].key: ${key} is ${old}`,
      "spec.rbd: deprecated in v1.28, non-functional in v1.31+",
    ]);
    expect(told(NODE, { spec: { externalID: "x" } })).toEqual(["spec.externalID: this field is deprecated, and is unused by Kubernetes"]);
    expect(told(SERVICE_ACCOUNT, {}, { "kubernetes.io/enforce-mountable-secrets": "true" })).toHaveLength(1);
    expect(told(ENDPOINT_SLICE, { addressType: "FQDN" })).toEqual(["spec.addressType: FQDN endpoints are deprecated"]);
    expect(told(NETWORK_POLICY, { spec: { egress: [{ to: [{ ipBlock: { cidr: "A::/64" } }] }] } })).toEqual(['spec.egress[0].to[0].ipBlock.cidr: IPv6 CIDR value "A::/64" should be in RFC 5952 canonical format ("a::/64")']);
    expect(told(JOB, { spec: { completionMode: "Indexed", completions: 200_000, parallelism: 20_000 } })[0]).toMatch(/^spec: In Indexed Jobs /);
  });
});
