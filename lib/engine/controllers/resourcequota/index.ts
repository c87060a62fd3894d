import { compareStrings } from "../../apimachinery/compare";
import { POD, RESOURCE_QUOTA } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { formatQuantity } from "../../apimachinery/quantity";
import { paidUntil, usedIn } from "../../resources/core/resourcequota/usage";
import { quotaKinds } from "../../resources/index";
import { writeStatus, type Client } from "../../client/client";
import type { Pod } from "../../resources/core/pod/pod";
import type { ResourceQuota } from "../../resources/core/resourcequota/index";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult, Watch } from "../controller";

function quotasOf(client: Client, namespace: string): readonly ObjectKey[] {
  return client.list<ResourceQuota>(RESOURCE_QUOTA, { namespace }).map(({ metadata }) => ({ namespace, name: metadata.name }));
}

/**
 * Keeps the status of quotas: what is limited, and what is used of it. Upstream: pkg/controller/resourcequota.
 *
 * @simplified usage is counted again at every change in the namespace, not when a resync finds it.
 */
export const resourceQuotaController: Controller = {
  name: "resourcequota",
  reconciles: RESOURCE_QUOTA,
  watches: quotaKinds.map(([kind]): Watch => ({ kind, while: RESOURCE_QUOTA, wakes: ({ metadata }, client) => quotasOf(client, metadata.namespace ?? "") })),
  reconcile(key: ObjectKey, { client, now }: ControllerContext): ReconcileResult {
    const quota = client.get<ResourceQuota>(RESOURCE_QUOTA, key);
    if (!quota || quota.metadata.deletionTimestamp !== undefined) return;
    const used = Object.fromEntries([...usedIn(quota, quotaKinds, (kind, namespace) => client.list(kind, { namespace }), now)].sort(([a], [b]) => compareStrings(a, b)).map(([name, amount]) => [name, formatQuantity(amount)]));
    writeStatus(client, quota, { hard: quota.spec?.hard ?? {}, used });
    // A pod that a lost node keeps is paid for no longer one day, and nothing else will tell.
    const ends = client.list<Pod>(POD, { namespace: key.namespace }).flatMap((pod) => paidUntil(pod) ?? []).filter((end) => end >= now);
    return ends.length === 0 ? undefined : { requeueAfter: millis(Math.min(...ends) - now + 1) };
  },
};
