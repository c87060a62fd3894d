import type { FileSystem } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { containerOf, podNamed } from "../../containers";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { readPath, tidyPath } from "../../io";

interface Place {
  readonly pod?: string;
  readonly path: string;
}

/** `kubectl cp`, for files. Upstream: kubectl/pkg/cmd/cp. @simplified Whole folders are not copied, and no tar is needed inside the container. */
export const cp: Command = {
  name: "cp",
  summary: "Copy files and directories to and from containers",
  usage: "<file-spec-src> <file-spec-dest> [options]",
  examples: [["A file into a pod", "kubectl cp index.html web:/usr/share/nginx/html/index.html"]],
  flags: [flag("text", "container,c", "Container of the pod"), flag("bool", "no-preserve", "Do not keep owner and mode"), flag("int", "retries", "How often to try again", { default: "0" })],
  run(call) {
    if (call.words.length !== 2) fail("source and destination are required");
    const [from, to] = call.words.map(placeOf) as [Place, Place];
    if (from.pod !== undefined && to.pod !== undefined) fail("one of src or dest must be a local file specification");
    if (from.path === "" || to.path === "") fail("filepath can not be empty");
    if (from.pod !== undefined) return download(call, from.pod, from.path, to.path);
    if (to.pod !== undefined) return upload(call, from.path, to.pod, to.path);
    return fail("one of src or dest must be a remote file specification");
  },
};

function placeOf(word: string): Place {
  const colon = word.indexOf(":");
  return colon < 0 ? { path: word } : { pod: word.slice(0, colon), path: word.slice(colon + 1) };
}

function filesOf(call: Call, word: string): FileSystem {
  const [first = "", second] = word.split("/");
  const scoped: Call = second === undefined ? call : { ...call, namespace: first };
  const pod = podNamed(scoped, second ?? first);
  const container = containerOf(call, pod, call.flags.text("container"));
  return call.io.cluster.files({ namespace: pod.metadata.namespace ?? "", name: pod.metadata.name }, container) ?? fail(`Internal error occurred: unable to upgrade connection: container not found ("${container}")`);
}

function baseName(path: string): string {
  return path.slice(path.replace(/\/$/, "").lastIndexOf("/") + 1);
}

function upload(call: Call, from: string, pod: string, to: string): number {
  const text = readPath(call.io.files, from) ?? fail(`${from} doesn't exist in local filesystem`);
  const files = filesOf(call, pod);
  const absolute = to.startsWith("/") ? to : `/${to}`;
  const target = to.endsWith("/") || files.stat(absolute)?.type === "directory" ? `${absolute.replace(/\/$/, "")}/${baseName(tidyPath(from))}` : absolute;
  const folder = target.slice(0, target.lastIndexOf("/"));
  if (folder !== "" && files.stat(folder) === undefined) files.makeDirectory(folder, true);
  const error = files.write(target, text);
  return error === undefined ? 0 : fail(`tar: ${target}: Cannot open: ${error}`);
}

function download(call: Call, pod: string, from: string, to: string): number {
  const absolute = from.startsWith("/") ? from : `/${from}`;
  const text = filesOf(call, pod).read(absolute);
  if (text === undefined) fail(`tar: ${from.replace(/^\//, "")}: Cannot stat: No such file or directory`);
  if (call.io.files.write === undefined) return fail("files of this terminal cannot be changed");
  const target = to === "." || to.endsWith("/") ? `${to === "." ? "" : to}${baseName(absolute)}` : to;
  call.io.files.write(tidyPath(target), text);
  return 0;
}
