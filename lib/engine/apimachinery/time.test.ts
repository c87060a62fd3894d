import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goDuration, parseDuration } from "./duration";
import { podTemplateHash } from "./hash";
import { instantOf, microTimestamp, timestamp } from "./time";

describe("time", () => {
  it("begins with the cluster, on the first of January 2026", () => {
    expect(timestamp(0)).toBe("2026-01-01T00:00:00Z");
    expect(microTimestamp(1_234)).toBe("2026-01-01T00:00:01.234000Z");
    expect(instantOf("2026-01-01T01:00:00+01:00")).toBe(0);
  });

  it("agrees with the calendar of the machine", () => {
    const epoch = Date.UTC(2026, 0, 1);
    fc.assert(
      fc.property(fc.integer({ min: -1_700_000_000, max: 3_000_000_000 }), (seconds) => {
        const text = new Date(epoch + seconds * 1000).toISOString().replace(".000Z", "Z");
        expect(timestamp(seconds * 1000)).toBe(text);
        expect(instantOf(text)).toBe(seconds * 1000);
      }),
    );
  });

  it("refuses days that never were", () => {
    for (const text of ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T24:00:00Z", "yesterday", ""]) expect(instantOf(text)).toBeUndefined();
    expect(instantOf("2028-02-29T00:00:00Z")).toBeDefined();
  });
});

describe("durations", () => {
  it("are read and written as Go does", () => {
    expect([0, 500, 2_000, 90_000, 3_600_000, 1_500].map(goDuration)).toEqual(["0s", "500ms", "2s", "1m30s", "1h0m0s", "1.5s"]);
    expect(["1h30m", "500ms", "1.5s", "10", "-2s"].map(parseDuration)).toEqual([5_400_000, 500, 1_500, undefined, -2_000]);
  });
});

describe("the hash of a pod template", () => {
  it("does not depend on the order of keys", () => {
    const template = { metadata: { labels: { foo: "bar" } }, spec: { containers: [{ name: "", image: "foo/bar", resources: {} }] } };
    expect(podTemplateHash(template)).toBe("7c69bf6454");
    expect(podTemplateHash({ spec: template.spec, metadata: template.metadata })).toBe("7c69bf6454");
  });

  it("changes with the collision count and uses safe letters only", () => {
    expect(podTemplateHash({ a: 1 }, 1)).not.toBe(podTemplateHash({ a: 1 }));
    expect(podTemplateHash({ a: 1 })).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  });
});
