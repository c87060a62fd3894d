import type { Controller } from "./controller";
import { daemonSetController } from "./daemonset/index";
import { deploymentController } from "./deployment/index";
import { endpointSliceController } from "./endpointslice/index";
import { namespaceController } from "./namespace/index";
import { replicaSetController } from "./replicaset/index";
import { rootCaController } from "./root-ca/index";
import { serviceAccountController } from "./serviceaccount/index";
import { statefulSetController } from "./statefulset/index";

export { garbageCollector } from "./garbagecollector/index";

/** The controllers of kube-controller-manager, in the order they take turns. */
export const controllers: readonly Controller[] = [
  serviceAccountController,
  rootCaController,
  deploymentController,
  replicaSetController,
  statefulSetController,
  daemonSetController,
  endpointSliceController,
  namespaceController,
];
