import { describe, expect, it } from "vitest";
import { EVENT } from "@/lib/engine/apimachinery/kinds";
import { createCluster, seconds, type Image } from "@/lib/engine";
import type { Event } from "@/lib/engine/models";
import { catalog, repositories } from "./index";

function image(reference: string): Image {
  const answer = catalog.pull(reference);
  if (!("image" in answer)) throw new Error(answer.message);
  return answer.image;
}

const shared = (a: string, b: string): number => {
  const digests = new Set((image(a).layers ?? []).map(({ digest }) => digest));
  return (image(b).layers ?? []).reduce((sum, { digest, bytes }) => (digests.has(digest) ? sum + bytes : sum), 0) / 1_000_000;
};

describe("layers", () => {
  it("make up the whole of every image", () => {
    for (const { name } of repositories) {
      const { layers = [], sizeBytes } = image(name);
      expect(layers.reduce((sum, { bytes }) => sum + bytes, 0), name).toBe(sizeBytes);
    }
  });

  it("are shared by images made on one base", () => {
    expect(shared("php:8-apache", "wordpress")).toBe(170);
    expect(shared("nginx", "httpd")).toBe(28);
    expect(shared("alpine", "nginx:alpine")).toBe(8);
    expect(shared("nginx", "nginx:alpine")).toBe(0);
    expect(shared("ubuntu", "mariadb")).toBe(78);
  });

  it("are fetched once to a machine: the second image brings only what is missing", () => {
    const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "n1", cpu: "4", memory: "8Gi" }], images: catalog });
    const pulled = (name: string, from: string): string => {
      c.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default" }, spec: { containers: [{ name: "c", image: from }] } });
      c.advance(seconds(15));
      const told = c.as("admin").list<Event>(EVENT, { namespace: "default" }).find(({ involvedObject, message }) => involvedObject.name === name && message?.startsWith("Successfully pulled"));
      return told?.message?.replace(/.* in (\S+) \(.*Image size: (\d+) bytes\.$/, "$1 $2") ?? "";
    };
    expect(pulled("base", "php:8-apache")).toBe("4.4s 170000000");
    // 70 MB of 240.
    expect(pulled("site", "wordpress")).toBe("1.692s 240000000");
    expect(pulled("other", "nginx:alpine")).toBe("1.4s 20000000");
  });
});
