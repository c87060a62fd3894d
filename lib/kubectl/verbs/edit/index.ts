import { ApiError, fingerprint, kindId, type JsonObject, type KubeObject } from "@/lib/engine";
import { parseManifests } from "@/lib/manifest";
import type { Call, Command } from "../../command";
import { slashName, type Info } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
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
  const broken = body === undefined || problems.some(({ severity }) => severity === "error");
  if (broken || !isSame(info, body)) throw cancelled(call, info, after, true);
  try {
    call.client.update(body as unknown as KubeObject);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw cancelled(call, info, after, false);
  }
  call.out(`${slashName(info.type, info.ref.name)} edited\n`);
}

function isSame(info: Info, body: JsonObject): boolean {
  return kindId(String(body["apiVersion"]), String(body["kind"])) === info.type.kind && (body["metadata"] as JsonObject | undefined)?.["name"] === info.ref.name;
}

/** What was typed is kept in a file, so that nothing is lost. */
function cancelled(call: Call, info: Info, text: string, invalid: boolean): Failure {
  const path = `/tmp/kubectl-edit-${fingerprint(text).slice(0, 10)}.yaml`;
  call.io.files.write?.(path, text);
  const head = invalid ? `error: ${info.type.qualified} "${info.ref.name}" is invalid\n` : "";
  return new Failure(`${head}A copy of your changes has been stored to "${path}"\nerror: Edit cancelled, no valid changes were saved.`);
}
