import type { AdmissionPlugin } from "../request";
import { claimResize } from "./claim-resize";
import { mutatingAdmissionPolicies } from "./extension/mutating-policy";
import { validatingAdmissionPolicies } from "./extension/policy";
import { mutatingWebhooks, validatingWebhooks } from "./extension/webhooks";
import { limitRanger } from "./limit-ranger";
import { namespaceLifecycle } from "./namespace-lifecycle";
import { defaultTolerationSeconds, podTopologyLabels, priority } from "./pod-defaults";
import { podSecurity } from "./pod-security";
import { resourceQuota } from "./resource-quota";
import { nodeRestriction, runtimeClass, taintNodes } from "./runtime-class";
import { serviceAccount } from "./service-account";
import { serviceAllocation } from "./service-allocation";
import { signingRequest } from "./signing-request";
import { studentLimits } from "./student-limits";
import { defaultIngressClass, defaultStorage, storageProtection } from "./storage";

/** Admission plugins in upstream's order: each sees what those before it made of the object. */
export const admissionPlugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodes,
  podTopologyLabels,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorage,
  storageProtection,
  claimResize,
  runtimeClass,
  defaultIngressClass,
  mutatingAdmissionPolicies,
  mutatingWebhooks,
  serviceAllocation,
  signingRequest,
  validatingAdmissionPolicies,
  validatingWebhooks,
  resourceQuota,
  studentLimits,
];
