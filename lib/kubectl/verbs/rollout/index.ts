import { timestamp, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import type { Info } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag, type Flag } from "../../flags";
import { outputFlags, printOrSay } from "../../output/print-objects";
import { fileFlags, selectorFlag } from "../../resource-args";
import { dryRunFlag } from "../../writing";
import { write } from "../label/index";
import { printHistory, undoOne } from "./revisions";
import { beginStatus, goOnStatus } from "./status";
import { workloads } from "./workloads";

const common: readonly Flag[] = [...fileFlags, selectorFlag];
const flags: readonly Flag[] = [...common, ...outputFlags, flag("text", "field-manager", "Name of the manager of the fields", { default: "kubectl-rollout" })];

function each(call: Call, act: (info: Info) => void, command = call.command.name): number {
  const failures: unknown[] = [];
  const infos = workloads(call);
  if (infos.length === 0 && command === "restart") call.err(`No resources found in ${call.namespace} namespace.\n`);
  for (const info of infos) {
    try {
      act(info);
    } catch (error) {
      failures.push(new Failure(failureText(error)));
    }
  }
  failAll(failures, command !== "history" && command !== "undo");
  return 0;
}

const history: Command = {
  name: "history",
  summary: "View rollout history",
  usage: "(TYPE NAME | TYPE/NAME) [flags] [options]",
  flags: [...flags, flag("int", "revision", "Details of this revision", { default: "0" })],
  run: (call) => each(call, (info) => printHistory(call, info)),
};

const undo: Command = {
  name: "undo",
  summary: "Undo a previous rollout",
  usage: "(TYPE NAME | TYPE/NAME) [flags] [options]",
  examples: [["Back to the revision before", "kubectl rollout undo deployment/web"]],
  flags: [...flags, dryRunFlag, flag("int", "to-revision", "The revision to go back to; 0 is the last one", { default: "0" })],
  run: (call) => each(call, (info) => undoOne(call, info)),
};

const status: Command = {
  name: "status",
  summary: "Show the status of the rollout",
  usage: "(TYPE NAME | TYPE/NAME) [flags] [options]",
  flags: [...common, flag("bool", "watch,w", "Wait for the end", { default: "true" }), flag("int", "revision", "Fail when another revision starts", { default: "0" }), flag("duration", "timeout", "How long to wait", { default: "0s" })],
  run: (call) => beginStatus(call),
  resume: (call, state) => goOnStatus(call, state),
};

const RESTARTABLE: ReadonlySet<string> = new Set(["deployment.apps", "daemonset.apps", "statefulset.apps"]);
const RESTARTED = "kubectl.kubernetes.io/restartedAt";

const restart: Command = {
  name: "restart",
  summary: "Restart a resource",
  usage: "RESOURCE [options]",
  flags,
  run: (call) =>
    each(call, (info) => {
      const spec = specOf(info.object);
      if (spec["template"] === undefined) fail(`${info.type.qualified} "${info.ref.name}" restarting is not supported`);
      if (!RESTARTABLE.has(info.type.singular)) fail(`${info.type.qualified} "${info.ref.name}" restarting is not supported`);
      if (spec["paused"] === true) fail(`${info.type.qualified} "${info.ref.name}" can't restart paused deployment (run rollout resume first)`);
      const now = timestamp(call.io.cluster.now);
      const template = spec["template"] as JsonObject;
      const annotations = ((template["metadata"] ?? {}) as JsonObject)["annotations"] as JsonObject | undefined;
      if (annotations?.[RESTARTED] === now) fail(`if restart has already been triggered within the past second, please wait before attempting to trigger another`);
      const object = write(call, info, { spec: { template: { metadata: { annotations: { [RESTARTED]: now } } } } });
      printOrSay(call, { type: info.type, object }, "restarted", true);
    }),
};

function pauser(name: string, summary: string, paused: boolean): Command {
  return {
    name,
    summary,
    usage: "RESOURCE [options]",
    flags,
    run: (call) =>
      each(call, (info) => {
        if (info.type.singular !== "deployment.apps") fail(`${info.type.qualified} "${info.ref.name}" ${paused ? "pausing" : "resuming"} is not supported`);
        const now = specOf(info.object)["paused"] === true;
        if (now === paused) fail(`${info.type.qualified} "${info.ref.name}" ${paused ? "is already paused" : "is not paused"}`);
        const object = write(call, info, { spec: { paused: paused ? true : null } });
        printOrSay(call, { type: info.type, object }, paused ? "paused" : "resumed", true);
      }),
  };
}

/** `spec` of any object. */
export function specOf(object: KubeObject): JsonObject {
  return ((object as unknown as JsonObject)["spec"] ?? {}) as JsonObject;
}

/** `kubectl rollout`. */
export const rollout: Command = {
  name: "rollout",
  bare: "out",
  summary: "Manage the rollout of a resource",
  children: [history, pauser("pause", "Mark the provided resource as paused", true), restart, pauser("resume", "Resume a paused resource", false), status, undo],
};
