import { describe, expect, it } from "vitest";
import { PERSISTENT_VOLUME_CLAIM, POD } from "../../../apimachinery/kinds";
import type { JsonObject, KubeObject } from "../../../apimachinery/meta";
import type { ResourceQuota, ScopeRequirement } from "./index";
import { counts } from "./usage";

const quota = (...matchExpressions: readonly ScopeRequirement[]): ResourceQuota => ({ apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "q" }, spec: { hard: {}, scopeSelector: { matchExpressions } } }) as unknown as ResourceQuota;
const object = (kind: string, spec: JsonObject, status: JsonObject = {}): KubeObject => ({ apiVersion: "v1", kind, metadata: { name: "a" }, spec, status }) as unknown as KubeObject;

describe("a quota of CrossNamespacePodAffinity", () => {
  const abroad = quota({ scopeName: "CrossNamespacePodAffinity", operator: "Exists" });
  const pod = (affinity: JsonObject): KubeObject => object("Pod", { containers: [], affinity });

  it("counts pods whose terms name namespaces, however they name them", () => {
    expect(counts(abroad, POD, pod({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone", namespaces: ["other"] }] } }))).toBe(true);
    expect(counts(abroad, POD, pod({ podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: { topologyKey: "zone", namespaceSelector: {} } }] } }))).toBe(true);
  });

  it("leaves others alone", () => {
    expect(counts(abroad, POD, pod({ podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone" }] } }))).toBe(false);
    expect(counts(abroad, POD, object("Pod", { containers: [] }))).toBe(false);
  });
});

describe("a quota of VolumeAttributesClass", () => {
  const gold = quota({ scopeName: "VolumeAttributesClass", operator: "In", values: ["gold"] });

  it("counts claims that ask for the class, have it or are given it", () => {
    expect(counts(gold, PERSISTENT_VOLUME_CLAIM, object("PersistentVolumeClaim", { volumeAttributesClassName: "gold" }))).toBe(true);
    expect(counts(gold, PERSISTENT_VOLUME_CLAIM, object("PersistentVolumeClaim", { volumeAttributesClassName: "silver" }, { currentVolumeAttributesClassName: "gold" }))).toBe(true);
    expect(counts(gold, PERSISTENT_VOLUME_CLAIM, object("PersistentVolumeClaim", {}, { modifyVolumeStatus: { targetVolumeAttributesClassName: "gold" } }))).toBe(true);
    expect(counts(gold, PERSISTENT_VOLUME_CLAIM, object("PersistentVolumeClaim", {}))).toBe(false);
  });

  it("knows claims without one", () => {
    expect(counts(quota({ scopeName: "VolumeAttributesClass", operator: "NotIn", values: ["gold"] }), PERSISTENT_VOLUME_CLAIM, object("PersistentVolumeClaim", {}))).toBe(true);
    expect(counts(quota({ scopeName: "VolumeAttributesClass", operator: "Exists" }), PERSISTENT_VOLUME_CLAIM, object("PersistentVolumeClaim", {}))).toBe(false);
  });
});
