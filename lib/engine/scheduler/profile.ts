import type { SchedulerPlugin } from "./framework";
import { imageLocality } from "./plugins/imagelocality/index";
import { interPodAffinity } from "./plugins/interpodaffinity/index";
import { nodeAffinity } from "./plugins/nodeaffinity/index";
import { nodeName } from "./plugins/nodename/index";
import { nodePorts } from "./plugins/nodeports/index";
import { nodeResourcesBalancedAllocation } from "./plugins/noderesourcesbalancedallocation/index";
import { nodeResourcesFit } from "./plugins/noderesourcesfit/index";
import { nodeVolumeLimits } from "./plugins/nodevolumelimits/index";
import { nodeUnschedulable } from "./plugins/nodeunschedulable/index";
import { podTopologySpread } from "./plugins/podtopologyspread/index";
import { taintToleration } from "./plugins/tainttoleration/index";
import { volumeBinding } from "./plugins/volumebinding/index";
import { volumeRestrictions } from "./plugins/volumerestrictions/index";
import { volumeZone } from "./plugins/volumezone/index";

/** The default profile: the plugins in the order upstream asks them, which decides whose refusal is told. */
export const defaultProfile: readonly SchedulerPlugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
  nodeResourcesBalancedAllocation,
  imageLocality,
];
