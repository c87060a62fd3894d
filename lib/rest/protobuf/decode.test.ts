import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "../status";
import { decodeProtobuf } from "./decode";

const text = (value: string): number[] => [...Buffer.from(value)];
const field = (number: number, content: readonly number[]): number[] => [number * 8 + 2, content.length, ...content];
const unknown = (apiVersion: string, kind: string, raw: readonly number[]): Uint8Array =>
  Uint8Array.from([...text("k8s\0"), ...field(1, [...field(1, text(apiVersion)), ...field(2, text(kind))]), ...field(2, raw)]);

describe("protobuf bodies", () => {
  it("read a config map with its labels, and leave out what Go writes of nothing", () => {
    const metadata = [...field(1, text("cm")), ...field(3, []), ...field(8, []), ...field(11, [...field(1, text("app")), ...field(2, text("web"))]), 7 * 8, 0];
    const body = unknown("v1", "ConfigMap", [...field(1, metadata), ...field(2, [...field(1, text("k")), ...field(2, text("ñ"))])]);
    expect(decodeProtobuf(body, "ConfigMap")).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cm", labels: { app: "web" } }, data: { k: "ñ" } });
  });

  it("keep a zero that was meant", () => {
    const body = unknown("apps/v1", "Deployment", field(2, [8, 0]));
    expect(decodeProtobuf(body, "Deployment")).toEqual({ apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: 0 } });
  });

  it("give bytes as base64 and negative numbers as such", () => {
    expect(decodeProtobuf(unknown("v1", "Secret", field(2, [...field(1, text("k")), ...field(2, [255, 0, 1])])), "Secret")["data"]).toEqual({ k: "/wAB" });
    const minus = [2 * 8, ...Array.from({ length: 9 }, () => 255), 1];
    expect(decodeProtobuf(unknown("scheduling.k8s.io/v1", "PriorityClass", minus), "PriorityClass")["value"]).toBe(-1);
  });

  it("are refused, and nothing worse, whatever bytes come", () => {
    fc.assert(
      fc.property(fc.constantFrom("Pod", "Secret", "Nothing"), fc.uint8Array({ maxLength: 200 }), fc.boolean(), (kind, bytes, framed) => {
        try {
          decodeProtobuf(framed ? unknown("v1", kind, [...bytes]) : bytes, kind);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
