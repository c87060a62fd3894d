import type { Command } from "../command";
import { apiResources, apiVersions } from "./api-resources/index";
import { apply } from "./apply/index";
import { auth } from "./auth/index";
import { autoscale } from "./autoscale/index";
import { certificate } from "./certificate/index";
import { clusterInfo } from "./cluster-info/index";
import { config } from "./config/index";
import { cordon, uncordon } from "./cordon/index";
import { cp } from "./cp/index";
import { create } from "./create/index";
import { debug } from "./debug/index";
import { deleteCommand } from "./delete/index";
import { describe } from "./describe/index";
import { diff } from "./diff/index";
import { drain } from "./drain/index";
import { edit } from "./edit/index";
import { events } from "./events/index";
import { exec } from "./exec/index";
import { explain } from "./explain/index";
import { expose } from "./expose/index";
import { get } from "./get/index";
import { kustomize } from "./kustomize/index";
import { annotate, label } from "./label/index";
import { logs } from "./logs/index";
import { patch } from "./patch/index";
import { replace } from "./replace/index";
import { rollout } from "./rollout/index";
import { run } from "./run/index";
import { scale } from "./scale/index";
import { set } from "./set/index";
import { taint } from "./taint/index";
import { top } from "./top/index";
import { attach, options, others, portForward } from "./unavailable/index";
import { version } from "./version/index";
import { wait } from "./wait/index";

/** kubectl itself: every verb, in the order of its help. */
export const root: Command = {
  name: "kubectl",
  summary: "Controls a Kubernetes cluster",
  children: [
    create, expose, run, set, explain, get, edit, deleteCommand, rollout, scale, autoscale, certificate, clusterInfo, top, cordon, uncordon, drain, taint,
    describe, logs, attach, exec, portForward, cp, auth, debug, events, diff, apply, patch, replace, wait, kustomize, label, annotate,
    apiResources, apiVersions, config, version, options, ...others,
  ],
};
