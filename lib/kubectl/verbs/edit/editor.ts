/** Objects as the text an editor is given, and read again from what it left. Upstream: kubectl/pkg/cmd/util/editor. */
import { fingerprint, type JsonObject } from "@/lib/engine";
import { parseManifests } from "@/lib/manifest";
import type { Call } from "../../command";
import { fail, Failure } from "../../failure";
import { jsonText, yamlText } from "../../output/structured";

const HEAD = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

const HEAD_LAST_APPLIED = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

/** What came back: the text, and its documents; or nothing, when nothing was changed. */
export type Edited = { readonly text: string; readonly bodies: readonly JsonObject[] } | { readonly cancelled: string };

/** Which objects are edited, and under which head. */
export interface Sheet {
  readonly objects: readonly JsonObject[];
  readonly json: boolean;
  readonly lastApplied?: boolean;
}

const withoutComments = (text: string): string => text.replace(/^#.*\n/gm, "").trim();

/** Lets the student edit objects; several lie in one list. @throws {Failure} where there is no editor, or it ended badly, or what it left cannot be read */
export function edited(call: Call, { objects, json, lastApplied = false }: Sheet, what: string): Edited {
  const { edit: editor } = call.io;
  if (editor === undefined) {
    call.note("kubectl.no-editor");
    return fail("this terminal has no editor; use kubectl get -o yaml, change the file and kubectl apply -f it, or kubectl patch, set or scale");
  }
  const [first] = objects;
  const whole: JsonObject = objects.length === 1 && first !== undefined ? first : { apiVersion: "v1", items: objects, kind: "List", metadata: {} };
  const before = `${lastApplied ? HEAD_LAST_APPLIED : HEAD}${json ? jsonText(whole) : yamlText(whole)}`;
  const after = editor(before);
  if (typeof after === "object") return fail(after.missing === true ? `unable to launch the editor ${JSON.stringify(after.editor)}` : `there was a problem with the editor ${JSON.stringify(after.editor)}`);
  if (after === undefined || withoutComments(after) === withoutComments(before)) return { cancelled: "Edit cancelled, no changes made." };
  if (withoutComments(after) === "") return { cancelled: "Edit cancelled, saved file was empty." };
  const { documents, problems } = parseManifests(after);
  if (documents.length === 0 || problems.some(({ severity }) => severity === "error")) throw preserved(call, after, "Edit cancelled, no valid changes were saved.", `error: ${what} is invalid\n`);
  const bodies = documents.flatMap(({ value }) => {
    const body = value as JsonObject;
    return body["kind"] === "List" && Array.isArray(body["items"]) ? (body["items"] as JsonObject[]) : [body];
  });
  return { text: after, bodies };
}

/** Where what was typed is kept, so that nothing is lost. */
export function keep(call: Call, text: string): string {
  const path = `/tmp/kubectl-edit-${parseInt(fingerprint(text).slice(0, 8), 16)}.${text.trimStart().startsWith("{") ? "json" : "yaml"}`;
  call.io.files.write?.(path, text);
  return path;
}

/** Ends an edit that led to nothing. */
export function preserved(call: Call, text: string, why: string, head = ""): Failure {
  return new Failure(`${head}A copy of your changes has been stored to "${keep(call, text)}"\nerror: ${why}`);
}
