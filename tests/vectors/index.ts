import type { Adapter } from "./adapter";
import { apiHttp } from "./api-http";
import { discovery } from "./discovery";
import { cron } from "./cron";
import { daemonset } from "./daemonset";
import { manifest } from "./manifest";
import { recordedDefaulting } from "./recorded-defaulting";
import { rejection } from "./rejections";
import { defaults } from "./defaults";
import { disruption } from "./disruption";
import { dns } from "./dns";
import { hpa } from "./hpa";
import { deployment } from "./deployment";
import { gateway } from "./gateway";
import { duration } from "./human-duration";
import { job } from "./job";
import { ingress } from "./ingress";
import { jsonpath } from "./jsonpath";
import { kubectl } from "./kubectl";
import { kubelet } from "./kubelet";
import { labels } from "./labels";
import { names } from "./names";
import { networkPolicy } from "./networkpolicy";
import { podQosResources } from "./pod-qos-resources";
import { quantity } from "./quantity";
import { journals } from "./journals";
import { scenario } from "./scenario";
import { schedulerCycle, schedulerPlugin } from "./scheduler";
import { recordedApply, serverSideApply } from "./server-side-apply";
import { service } from "./service";
import { storage } from "./storage";
import { statefulset } from "./statefulset";
import { strategicMerge } from "./strategic-merge";
import { taint } from "./taint";
import { taintsTolerations } from "./taints-tolerations";
import { validation } from "./validation";

/** Which adapter runs which file, by the file's path inside the vectors folder without its ending. */
export const adapters: Readonly<Record<string, Adapter>> = {
  "api/api-http": apiHttp,
  "api/defaults": defaults,
  "api/human-duration": duration,
  "api/jsonpath": jsonpath,
  "api/labels": labels,
  "api/names": names,
  "api/pod-qos-resources": podQosResources,
  "api/quantity": quantity,
  "api/server-side-apply": serverSideApply,
  "api/strategic-merge": strategicMerge,
  "api/taints-tolerations": taintsTolerations,
  "api/validation-a": validation,
  "api/validation-mutations": validation,
  "manifests/index": manifest,
  "recorded/defaulting": recordedDefaulting,
  "recorded/discovery": discovery,
  "recorded/kubectl-transcripts": kubectl,
  "recorded/rejections": rejection,
  "recorded/ssa": recordedApply,
  "api/scheduler-DefaultPreemption": schedulerCycle,
  "api/scheduler-full-cycle": schedulerCycle,
  "api/scheduler-ImageLocality": schedulerPlugin,
  "api/scheduler-InterPodAffinity": schedulerPlugin,
  "api/scheduler-NodeAffinity": schedulerPlugin,
  "api/scheduler-NodeName": schedulerPlugin,
  "api/scheduler-NodePorts": schedulerPlugin,
  "api/scheduler-NodeResourcesBalancedAllocation": schedulerPlugin,
  "api/scheduler-NodeResourcesFit": schedulerPlugin,
  "api/scheduler-NodeUnschedulable": schedulerPlugin,
  "api/scheduler-PodTopologySpread": schedulerPlugin,
  "api/scheduler-TaintToleration": schedulerPlugin,
  "api/scheduler-VolumeBinding": schedulerPlugin,
  "api/scheduler-VolumeRestrictions": schedulerPlugin,
  "api/scheduler-VolumeZone": schedulerPlugin,
  "behaviour/cron": cron,
  "behaviour/daemonset": daemonset,
  "behaviour/deployment": deployment,
  "behaviour/disruption": disruption,
  "behaviour/dns": dns,
  "behaviour/endpointslice": scenario,
  "behaviour/gateway": gateway,
  "behaviour/gc": scenario,
  "behaviour/ingress": ingress,
  "behaviour/job": job,
  "behaviour/hpa": hpa,
  "behaviour/kubelet": kubelet,
  "behaviour/limitrange": scenario,
  "behaviour/namespace": scenario,
  "behaviour/networkpolicy": networkPolicy,
  "behaviour/quota": scenario,
  "behaviour/replicaset": scenario,
  "behaviour/service": service,
  "behaviour/storage": storage,
  "behaviour/statefulset": statefulset,
  "behaviour/taint": taint,
  "recorded/controller-journals": journals,
};
