import { JOB } from "../../apimachinery/kinds";
import type { ObjectKey } from "../../apimachinery/meta";
import { refOf } from "../../apimachinery/meta";
import { instantOf } from "../../apimachinery/time";
import type { Job } from "../../resources/batch/job/job";
import { millis } from "../../sim/clock";
import type { Controller, ControllerContext, ReconcileResult } from "../controller";
import { endOf } from "../job/verdict";

const wants = (job: Job): boolean => job.spec.ttlSecondsAfterFinished !== undefined && job.metadata.deletionTimestamp === undefined && endOf(job) !== undefined;

/** Removes Jobs and their pods `ttlSecondsAfterFinished` after their end. Upstream: pkg/controller/ttlafterfinished. */
export const ttlAfterFinishedController: Controller = {
  name: "ttl-after-finished-controller",
  reconciles: JOB,
  watches: [],
  wants: (object) => wants(object as Job),
  reconcile,
};

function reconcile(key: ObjectKey, { client, now }: ControllerContext): ReconcileResult {
  const job = client.get<Job>(JOB, key);
  if (!job || !wants(job)) return;
  const ended = instantOf(endOf(job)?.lastTransitionTime ?? "") ?? now;
  const left = ended + (job.spec.ttlSecondsAfterFinished ?? 0) * 1000 - now;
  if (left > 0) return { requeueAfter: millis(left) };
  client.delete(refOf(job), { propagation: "Foreground", preconditions: { uid: job.metadata.uid } });
}
