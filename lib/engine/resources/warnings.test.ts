import { describe, expect, it } from "vitest";
import { POD } from "../apimachinery/kinds";
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
