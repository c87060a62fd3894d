import { describe, expect, it } from "vitest";
import { goDiff } from "./go-json";
import { unifiedDiff } from "./unified-diff";

describe("goDiff", () => {
  it("quotes a claim's change with three lines about it", () => {
    const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, storageClassName: "y", volumeMode: "Filesystem" };
    const text = goDiff("v1.PersistentVolumeClaimSpec", claim, { ...claim, storageClassName: "x" });
    expect(text).toBe('@@ -10,7 +10,7 @@\n   }\n  },\n  "VolumeName": "",\n- "StorageClassName": "y",\n+ "StorageClassName": "x",\n  "VolumeMode": "Filesystem",\n  "DataSource": null,\n  "DataSourceRef": null,\n');
  });
});

describe("unifiedDiff", () => {
  it("joins changes that stand close and parts those that do not", () => {
    const lines = Array.from({ length: 30 }, (_, i) => String(i));
    const changed = lines.map((line, i) => ([2, 6, 25].includes(i) ? `${line}!` : line));
    expect(unifiedDiff(lines, changed).match(/^@@/gm)).toHaveLength(2);
    expect(unifiedDiff(lines, lines)).toBe("");
  });
});
