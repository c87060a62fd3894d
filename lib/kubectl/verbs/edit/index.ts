import { ApiError, kindId, type JsonObject, type KubeObject } from "@/lib/engine";
import { parseManifests } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { slashName, type Info } from "../../discovery";
import { fail, failAll, Failure, failureText } from "../../failure";
import { flag } from "../../flags";
import { shown, yamlText } from "../../output/structured";
import { fileFlags, findObjects, selectorFlag } from "../../resource-args";

const HEAD = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

/** `kubectl edit`: only where the terminal has an editor. Upstream: kubectl/pkg/cmd/util/editor. */
export const edit: Command = {
  name: "edit",
  summary: "Edit a resource on the server",
  usage: "(RESOURCE/NAME | -f FILENAME) [options]",
  flags: [...fileFlags, selectorFlag, flag("text", "output,o", "yaml or json", { default: "yaml" }), flag("bool", "save-config", "Keep the configuration for apply"), flag("text", "subresource", "Subresource to edit")],
  run(call) {
    if (call.words.length === 0 && call.flags.list("filename").length === 0) fail("must specify the type of resource to edit");
    const { infos, failures } = findObjects(call, call.words, {});
    failAll(failures);
    const { edit: editor } = call.io;
    if (editor === undefined) {
      call.note("kubectl.no-editor");
      fail("this terminal has no editor; use kubectl get -o yaml, change the file and kubectl apply -f it, or kubectl patch, set or scale");
    }
    for (const info of infos) editOne(call, info, editor);
    return 0;
  },
};

function editOne(call: Call, info: Info, editor: (text: string) => string | undefined): void {
  const before = HEAD + yamlText(shown(info.object));
  const after = editor(before);
  if (after === undefined || after === before || after.replace(/^#.*\n/gm, "").trim() === "") {
    call.err("Edit cancelled, no changes made.\n");
    return;
  }
  const { documents, problems } = parseManifests(after);
  const body = documents[0]?.value as JsonObject | undefined;
  const problem = problems.find(({ severity }) => severity === "error");
  if (body === undefined || problem !== undefined) throw cancelled(info, problem === undefined ? "the edited file had a syntax error" : String(problem.params["upstream"]));
  const same = kindId(String(body["apiVersion"]), String(body["kind"])) === info.type.kind && (body["metadata"] as JsonObject | undefined)?.["name"] === info.ref.name;
  if (!same) throw cancelled(info, undefined);
  try {
    call.client.update(body as unknown as KubeObject);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    call.err(`${failureText(error)}\n`);
    throw cancelled(info, undefined);
  }
  call.out(`${slashName(info.type, info.ref.name)} edited\n`);
}

function cancelled(info: Info, why: string | undefined): Failure {
  return new Failure(`error: ${info.type.qualified} "${info.ref.name}" is invalid${why === undefined ? "" : `: ${why}`}\nerror: Edit cancelled, no valid changes were saved.`);
}
