import type { Command } from "../../command";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { tidyPath } from "../../io";
import { buildKustomization } from "../../kustomize/index";
import { yamlText } from "../../output/structured";

/** `kubectl kustomize`: what a kustomization comes to, without applying it. */
export const kustomize: Command = {
  name: "kustomize",
  summary: "Build a kustomization target from a directory or URL",
  usage: "DIR [options]",
  flags: [
    flag("text", "output,o", "File to write to"),
    flag("text", "load-restrictor", "LoadRestrictionsRootOnly or LoadRestrictionsNone", { default: "LoadRestrictionsRootOnly" }),
    flag("bool", "enable-alpha-plugins", "Run plugins"),
    flag("bool", "enable-helm", "Run Helm"),
    flag("text", "helm-command", "Helm's program", { default: "helm" }),
    flag("bool", "as-current-user", "Run functions as this user"),
    flag("repeated", "env,e", "Variables for functions"),
    flag("repeated", "mount", "Folders for functions"),
    flag("bool", "network", "Network for functions"),
    flag("text", "network-name", "Which network", { default: "bridge" }),
  ],
  run(call) {
    if (call.words.length > 1) fail("specify one path to kustomization.yaml");
    const objects = buildKustomization(call.io.files, call.words[0] ?? ".");
    const text = objects.map((object) => yamlText(object)).join("---\n");
    const output = call.flags.text("output");
    if (output === "") call.out(text);
    else if (call.io.files.write === undefined) fail(`open ${output}: read-only file system`);
    else call.io.files.write(tidyPath(output), text);
    return 0;
  },
};
