import type { Controller } from "./controller";

/** The controllers of kube-controller-manager, in the order they take turns. */
export const controllers: readonly Controller[] = [];
