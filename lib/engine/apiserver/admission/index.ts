import type { AdmissionPlugin } from "../request";
import { namespaceLifecycle } from "./namespace-lifecycle";
import { defaultTolerationSeconds, podTopologyLabels, priority, serviceAccount } from "./pod-defaults";
import { studentLimits } from "./student-limits";
import { serviceAllocation } from "./service-allocation";
import { defaultIngressClass, defaultStorage, storageProtection } from "./storage";

/** Admission plugins in upstream's order: each sees what those before it made of the object. */
export const admissionPlugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  serviceAccount,
  podTopologyLabels,
  priority,
  defaultTolerationSeconds,
  defaultStorage,
  storageProtection,
  defaultIngressClass,
  serviceAllocation,
  studentLimits,
];
