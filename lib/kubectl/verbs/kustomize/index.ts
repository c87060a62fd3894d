import type { Command } from "../../command";
import { fail } from "../../failure";
import { buildKustomization } from "../../kustomize/index";
import { yamlText } from "../../output/structured";

/** `kubectl kustomize`: what a kustomization comes to, without applying it. */
export const kustomize: Command = {
  name: "kustomize",
  summary: "Build a kustomization target from a directory or URL",
  usage: "DIR [options]",
  run(call) {
    if (call.words.length > 1) fail("specify one path to kustomization.yaml");
    const objects = buildKustomization(call.io.files, call.words[0] ?? ".");
    call.out(objects.map((object) => yamlText(object)).join("---\n"));
    return 0;
  },
};
