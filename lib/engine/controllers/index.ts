import type { Controller } from "./controller";
import { cronJobController } from "./cronjob/index";
import { daemonSetController } from "./daemonset/index";
import { deploymentController } from "./deployment/index";
import { disruptionController } from "./disruption/index";
import { endpointSliceController } from "./endpointslice/index";
import { jobController } from "./job/index";
import { claimBinder } from "./persistentvolume/claims";
import { volumeBinder } from "./persistentvolume/volumes";
import { podGarbageCollector } from "./podgc/index";
import { claimProtection, volumeProtection } from "./volumeprotection/index";
import { nodeLifecycleController } from "./nodelifecycle/index";
import { namespaceController } from "./namespace/index";
import { replicaSetController } from "./replicaset/index";
import { resourceQuotaController } from "./resourcequota/index";
import { rootCaController } from "./root-ca/index";
import { serviceAccountController } from "./serviceaccount/index";
import { statefulSetController } from "./statefulset/index";
import { ttlAfterFinishedController } from "./ttlafterfinished/index";

export { garbageCollector } from "./garbagecollector/index";
export { taintEviction } from "./tainteviction/index";

/** The controllers of kube-controller-manager, in the order they take turns. */
export const controllers: readonly Controller[] = [
  serviceAccountController,
  rootCaController,
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  endpointSliceController,
  nodeLifecycleController,
  podGarbageCollector,
  volumeBinder,
  claimBinder,
  claimProtection,
  volumeProtection,
  namespaceController,
  resourceQuotaController,
  disruptionController,
];
