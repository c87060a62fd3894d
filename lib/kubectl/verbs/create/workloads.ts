import { CRON_JOB, partsOfKind, type JsonObject, type KubeObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { typeNamed } from "../../discovery";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { missing, refTo } from "../../resource-args";
import { generator } from "./generator";

/**
 * The name a container gets from its image: `docker.io/library/nginx:1.25` is `nginx`.
 *
 * @simplified Where the name held dots or underscores no random letters follow.
 */
function containerName(image: string): string {
  const last = image.slice(image.lastIndexOf("/") + 1);
  return last.replace(/[:@].*$/, "").replace(/[._]/g, "-");
}

function commandOf(call: Call): readonly string[] {
  return call.dash < 0 ? [] : call.words.slice(call.dash);
}

const deployment = generator({
  name: "deployment",
  aliases: ["deploy"],
  summary: "Create a deployment with the specified name",
  usage: "NAME --image=image -- [COMMAND] [args...] [options]",
  flags: [flag("list", "image", "Image to run; may be given again"), flag("int", "replicas,r", "How many copies", { default: "1" }), flag("int", "port", "Port the container listens on", { default: "-1" })],
  failing: "failed to create deployment:",
  required: ["image"],
  build(call, name) {
    const images = call.flags.list("image");
    const command = commandOf(call);
    if (images.length > 1 && command.length > 0) fail("cannot specify multiple --image options and command");
    const port = call.flags.int("port");
    const containers = images.map((image) => ({
      image,
      name: containerName(image),
      ...(command.length > 0 ? { command } : {}),
      ...(port > 0 ? { ports: [{ containerPort: port }] } : {}),
      resources: {},
    }));
    return {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, labels: { app: name } },
      spec: { replicas: call.flags.int("replicas"), selector: { matchLabels: { app: name } }, strategy: {}, template: { metadata: { labels: { app: name } }, spec: { containers } } },
      status: {},
    };
  },
});

function jobPod(call: Call, name: string, image: string, restartPolicy: string): JsonObject {
  const command = commandOf(call);
  return { spec: { containers: [{ image, name, ...(command.length > 0 ? { command } : {}), resources: {} }], restartPolicy } };
}

const job = generator({
  name: "job",
  summary: "Create a job with the specified name",
  usage: "NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]",
  flags: [flag("text", "image", "Image to run"), flag("text", "from", "CronJob to take the template from")],
  failing: "failed to create job:",
  build(call, name) {
    const from = call.flags.text("from");
    if ((from === "") === (call.flags.text("image") === "")) fail("either --image or --from must be specified");
    if (from !== "" && commandOf(call).length > 0) fail("cannot specify --from and command");
    if (from === "") return { apiVersion: "batch/v1", kind: "Job", metadata: { name }, spec: { template: { metadata: {}, ...jobPod(call, name, call.flags.text("image"), "Never") } }, status: {} };
    return jobFrom(call, name, from);
  },
});

function jobFrom(call: Call, name: string, from: string): JsonObject {
  const [kind = "", source = ""] = from.split("/");
  const type = typeNamed(call.client, kind);
  const cron = call.client.get<KubeObject>(type.kind, refTo(call, type, source));
  if (!cron) throw missing(type, source);
  if (type.kind !== CRON_JOB) fail(`unknown object type *${type.version}.${partsOfKind(type.kind).kind}`);
  const template = ((cron as unknown as JsonObject)["spec"] as JsonObject)["jobTemplate"] as JsonObject;
  const meta = (template["metadata"] ?? {}) as JsonObject;
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      annotations: { "cronjob.kubernetes.io/instantiate": "manual", ...((meta["annotations"] ?? {}) as JsonObject) },
      ...(meta["labels"] === undefined ? {} : { labels: meta["labels"] }),
      ownerReferences: [{ apiVersion: "batch/v1", kind: "CronJob", name: source, uid: cron.metadata.uid, controller: true }],
    },
    spec: template["spec"] ?? {},
    status: {},
  };
}

const cronjob = generator({
  name: "cronjob",
  aliases: ["cj"],
  summary: "Create a cron job with the specified name",
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
  flags: [flag("text", "image", "Image to run"), flag("text", "schedule", "When, in cron's five fields"), flag("text", "restart", "Never or OnFailure", { default: "OnFailure" })],
  failing: "failed to create cronjob:",
  required: ["image", "schedule"],
  build(call, name) {
    const template = { metadata: {}, ...jobPod(call, name, call.flags.text("image"), call.flags.text("restart")) };
    return { apiVersion: "batch/v1", kind: "CronJob", metadata: { name }, spec: { jobTemplate: { metadata: { name }, spec: { template } }, schedule: call.flags.text("schedule") }, status: {} };
  },
});

/** Generators of what runs pods. */
export const workloadGenerators: readonly Command[] = [cronjob, deployment, job];
