import type { Controller } from "./controller";
import { deploymentController } from "./deployment/index";
import { replicaSetController } from "./replicaset/index";

/** The controllers of kube-controller-manager, in the order they take turns. */
export const controllers: readonly Controller[] = [deploymentController, replicaSetController];
