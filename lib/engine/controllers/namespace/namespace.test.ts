import { describe, expect, it } from "vitest";
import { NAMESPACE } from "../../apimachinery/kinds";
import type { Namespace } from "../../resources/core/namespace/namespace";
import { seconds } from "../../sim/clock";
import { scriptedCluster } from "../../testing/scripted";

describe("a namespace on its way out", () => {
  it("tells that it is empty even when somebody else's finalizer keeps it", () => {
    const cluster = scriptedCluster([], [{ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", finalizers: ["example.com/audit"] } }]);
    const admin = cluster.as("admin");
    const key = { namespace: "", name: "shop" };
    admin.delete({ kind: NAMESPACE, ...key });
    cluster.advance(seconds(60));
    const namespace = admin.get<Namespace>(NAMESPACE, key);
    expect(namespace?.spec?.finalizers ?? []).toEqual([]);
    expect((namespace?.status as { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly reason: string }[] } | undefined)?.conditions?.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
      "NamespaceDeletionDiscoveryFailure False ResourcesDiscovered",
      "NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions",
      "NamespaceDeletionContentFailure False ContentDeleted",
      "NamespaceContentRemaining False ContentRemoved",
      "NamespaceFinalizersRemaining False ContentHasNoFinalizers",
    ]);
    admin.patch({ kind: NAMESPACE, ...key }, { type: "merge", body: { metadata: { finalizers: null } } });
    expect(admin.get(NAMESPACE, key)).toBeUndefined();
  });
});
