import { globalFlags, type Command } from "./command";
import type { Flag } from "./flags";

/** Verbs in the groups `kubectl` lists them in. */
const GROUPS: readonly (readonly [title: string, verbs: readonly string[]])[] = [
  ["Basic Commands (Beginner)", ["create", "expose", "run", "set"]],
  ["Basic Commands (Intermediate)", ["explain", "get", "edit", "delete"]],
  ["Deploy Commands", ["rollout", "scale", "autoscale"]],
  ["Cluster Management Commands", ["certificate", "cluster-info", "top", "cordon", "uncordon", "drain", "taint"]],
  ["Troubleshooting and Debugging Commands", ["describe", "logs", "attach", "exec", "port-forward", "proxy", "cp", "auth", "debug", "events"]],
  ["Advanced Commands", ["diff", "apply", "patch", "replace", "wait", "kustomize"]],
  ["Settings Commands", ["label", "annotate", "completion"]],
  ["Other Commands", ["api-resources", "api-versions", "config", "plugin", "version"]],
];

/** What `kubectl` alone prints. */
export function rootHelp(root: Command): string {
  const children = root.children ?? [];
  const groups = GROUPS.map(([title, names]) => {
    const lines = names.flatMap((name) => children.filter((child) => child.name === name)).map((child) => `  ${child.name.padEnd(15)} ${child.summary}`);
    return `${title}:\n${lines.join("\n")}\n`;
  });
  return `kubectl controls a Kubernetes cluster.\n\n${groups.join("\n")}\nUsage:\n  kubectl [flags] [options]\n\nUse "kubectl <command> --help" for more about a command.\nUse "kubectl options" for the options of every command.\n`;
}

/** What `--help` prints. */
export function helpText(command: Command, path: string): string {
  const parts = [`${command.about ?? command.summary}\n`];
  if ((command.examples ?? []).length > 0) parts.push(`Examples:\n${(command.examples ?? []).map(([comment, line]) => `  # ${comment}\n  ${line}\n`).join("\n")}`);
  if ((command.children ?? []).length > 0) parts.push(`Available Commands:\n${(command.children ?? []).map((child) => `  ${child.name.padEnd(15)} ${child.summary}\n`).join("")}`);
  if ((command.flags ?? []).length > 0) parts.push(`Options:\n${(command.flags ?? []).map(flagHelp).join("\n")}`);
  const usage = command.children === undefined ? (command.usage ?? "[options]") : "SUBCOMMAND [options]";
  parts.push(`Usage:\n  ${path} ${usage}\n`);
  if (command.children !== undefined) parts.push(`Use "${path} <command> --help" for more about a command.`);
  return `${parts.join("\n")}\nUse "kubectl options" for the options of every command.\n`;
}

function flagHelp(flag: Flag): string {
  const short = flag.short === undefined ? "    " : `-${flag.short}, `;
  return `    ${short}--${flag.name}=${defaultText(flag)}:\n\t${flag.help}.\n`;
}

function defaultText(flag: Flag): string {
  if (flag.type === "list" || flag.type === "repeated") return flag.default === undefined ? "[]" : `[${flag.default}]`;
  if (flag.type === "text") return `'${flag.default ?? ""}'`;
  return flag.default ?? (flag.type === "bool" ? "false" : flag.type === "int" ? "0" : "0s");
}

/** What `kubectl options` prints. */
export function optionsHelp(): string {
  return `The following options can be passed to any command:\n\n${globalFlags.map(flagHelp).join("\n")}\n`;
}
