import { apiServiceAvailability } from "./apiservice/index";
import type { Controller } from "./controller";
import { cronJobController } from "./cronjob/index";
import { customResourceDefinitions } from "./customresourcedefinition/index";
import { daemonSetController } from "./daemonset/index";
import { deploymentController } from "./deployment/index";
import { disruptionController } from "./disruption/index";
import { endpointSliceMirroring } from "./endpointslicemirroring/index";
import { certificateCleaner, certificateSigner } from "./certificates/index";
import { flowSchemaStatus } from "./flowcontrol/index";
import { endpointsController } from "./endpoints/index";
import { ephemeralVolumeController } from "./ephemeralvolume/index";
import { endpointSliceController } from "./endpointslice/index";
import { jobController } from "./job/index";
import { claimBinder } from "./persistentvolume/claims";
import { volumeBinder } from "./persistentvolume/volumes";
import { podGarbageCollector } from "./podgc/index";
import { claimProtection, volumeProtection } from "./volumeprotection/index";
import { namespaceController } from "./namespace/index";
import { replicaSetController } from "./replicaset/index";
import { replicationController } from "./replication/index";
import { resourceQuotaController } from "./resourcequota/index";
import { rootCaController } from "./root-ca/index";
import { serviceAccountController } from "./serviceaccount/index";
import { ttlController } from "./ttl/index";
import { statefulSetController } from "./statefulset/index";
import { ttlAfterFinishedController } from "./ttlafterfinished/index";

export { garbageCollector } from "./garbagecollector/index";
export { nodeLifecycle, noteSilence } from "./nodelifecycle/index";
export { tokensController } from "./serviceaccount-tokens/index";
export { taintEviction } from "./tainteviction/index";

/** The controllers of kube-controller-manager, in the order they take turns. */
export const controllers: readonly Controller[] = [
  customResourceDefinitions,
  serviceAccountController,
  rootCaController,
  deploymentController,
  replicaSetController,
  replicationController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  endpointSliceController,
  endpointsController,
  endpointSliceMirroring,
  podGarbageCollector,
  ephemeralVolumeController,
  volumeBinder,
  claimBinder,
  claimProtection,
  volumeProtection,
  namespaceController,
  resourceQuotaController,
  certificateSigner,
  certificateCleaner,
  disruptionController,
  ttlController,
  apiServiceAvailability,
  flowSchemaStatus,
];
