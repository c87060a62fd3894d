import type { AdmissionPlugin } from "../request";
import { namespaceLifecycle } from "./namespace-lifecycle";
import { serviceAllocation } from "./service-allocation";

/** Admission plugins in upstream's order: each sees what those before it made of the object. */
export const admissionPlugins: readonly AdmissionPlugin[] = [namespaceLifecycle, serviceAllocation];
