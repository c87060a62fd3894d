import { describe, expect, it } from "vitest";
import { kindId } from "../apimachinery/meta";
import { normalize } from "./normalize";

const read = (apiVersion: string, kind: string, rest: object): unknown => normalize(kindId(apiVersion, kind), { apiVersion, kind, metadata: { name: "x", uid: "", resourceVersion: "", creationTimestamp: "" }, ...rest });

describe("empty fields", () => {
  it("an empty text behind a pointer stays, for its rules to judge", () => {
    expect(read("storage.k8s.io/v1", "StorageClass", { provisioner: "x", volumeBindingMode: "" })).toHaveProperty("volumeBindingMode", "");
    expect(read("v1", "Service", { spec: { internalTrafficPolicy: "" } })).toHaveProperty("spec.internalTrafficPolicy", "");
  });

  it("an empty plain value is as good as absent", () => {
    expect(read("v1", "PersistentVolume", { spec: { storageClassName: "" } })).not.toHaveProperty("spec.storageClassName");
    expect(read("v1", "PersistentVolumeClaim", { spec: { storageClassName: "" } })).toHaveProperty("spec.storageClassName", "");
    expect(read("v1", "Pod", { spec: { nodeName: "", containers: [] } })).not.toHaveProperty("spec.nodeName");
  });
});
