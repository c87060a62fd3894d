import { findCondition, findJsonPath, relaxedJsonPath, type Condition, type Json, type JsonObject, type KubeObject, type ObjectRef } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { slashName, typeOfKind } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { goText } from "../../output/go-text";
import { allNamespacesFlag, fieldSelectorFlag, fileFlags, findObjects, namedBy, selectorFlag } from "../../resource-args";
import { deadlineOf, timedOut } from "../../timeout";

interface WaitState {
  readonly refs: readonly (ObjectRef & { readonly uid: string })[];
  readonly deadline?: number;
}

/** `kubectl wait`. Upstream: kubectl/pkg/cmd/wait. */
export const wait: Command = {
  name: "wait",
  summary: "Wait for a specific condition on one or many resources",
  usage: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  examples: [["Until a pod is ready", "kubectl wait --for=condition=Ready pod/web --timeout=60s"]],
  flags: [...fileFlags, selectorFlag, fieldSelectorFlag, allNamespacesFlag, flag("text", "for", "condition=…, delete, create or jsonpath=…"), flag("bool", "all", "Every object of the kind"), flag("duration", "timeout", "How long to wait", { default: "30s" }), flag("text", "output,o", "name for short output")],
  run(call) {
    const goal = goalOf(call.flags.text("for"));
    if (call.words.length === 0 && !hasManifests(call)) fail("no resources specified");
    if (goal.type === "create") return look(call, { refs: (namedBy(call, call.words).refs ?? []).map(({ ref }) => ({ ...ref, uid: "" })), ...deadlineOf(call, true) });
    const { infos, failures } = findObjects(call, call.words);
    const missing = failures.filter((failure) => failure instanceof Failure && failure.text.includes("(NotFound)"));
    if (goal.type === "delete" && missing.length === failures.length && infos.length === 0) return 0;
    failAll(goal.type === "delete" ? failures.filter((failure) => !missing.includes(failure)) : failures);
    if (infos.length === 0 && goal.type !== "delete") fail("no matching resources found");
    return look(call, { refs: infos.map(({ ref, object }) => ({ ...ref, uid: object.metadata.uid })), ...deadlineOf(call, true) });
  },
  resume: (call, state) => look(call, state as unknown as WaitState),
};

type Goal =
  | { readonly type: "delete" }
  | { readonly type: "create" }
  | { readonly type: "condition"; readonly name: string; readonly status: string }
  | { readonly type: "jsonpath"; readonly template: string; readonly value: string | undefined };

function goalOf(text: string): Goal {
  const lower = text.toLowerCase();
  if (lower === "delete") return { type: "delete" };
  if (lower === "create") return { type: "create" };
  if (lower.startsWith("condition=")) {
    const [name = "", status = "true"] = text.slice("condition=".length).split("=");
    return { type: "condition", name, status };
  }
  if (lower.startsWith("jsonpath=")) {
    const rest = text.slice("jsonpath=".length).replace(/^'(.*)'$/s, "$1");
    const end = rest.lastIndexOf("}");
    const [path, after] = end < 0 ? [rest.split("=")[0] ?? "", rest.includes("=") ? rest.slice(rest.indexOf("=")) : ""] : [rest.slice(0, end + 1), rest.slice(end + 1).replace(/^'/, "")];
    const relaxed = relaxedJsonPath(path);
    if ("error" in relaxed) return fail(relaxed.error);
    if (after !== "" && !after.startsWith("=")) return fail(`jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`);
    return { type: "jsonpath", template: relaxed.template, value: after === "" ? undefined : after.slice(1) };
  }
  return fail(text === "" ? "unrecognized condition: []" : `unrecognized condition: "${text}"`);
}

function look(call: Call, state: WaitState): Outcome {
  const goal = goalOf(call.flags.text("for"));
  const refs = [...state.refs];
  // One after the other, as upstream: the second is only looked at once the first is there.
  while (refs[0] !== undefined && isMet(call, goal, refs[0])) {
    const type = typeOfKind(call.client, refs[0].kind);
    if (type !== undefined) call.out(call.flags.text("output") === "name" ? `${slashName(type, refs[0].name)}\n` : `${slashName(type, refs[0].name)} condition met\n`);
    refs.shift();
  }
  const [first] = refs;
  if (first === undefined) return 0;
  if (timedOut(call, state)) {
    const late = goal.type === "delete" || goal.type === "create" ? [first] : refs;
    failAll(late.map((ref) => new Failure(`error: timed out waiting for the condition on ${typeOfKind(call.client, ref.kind)?.plural ?? ""}/${ref.name}`)));
  }
  return { state: { ...state, refs } as unknown as Json, ...(state.deadline === undefined ? {} : { deadline: state.deadline }) };
}

function isMet(call: Call, goal: Goal, ref: ObjectRef & { readonly uid: string }): boolean {
  const object = call.client.get<KubeObject>(ref.kind, ref);
  if (goal.type === "delete") return object?.metadata.uid !== ref.uid;
  if (goal.type === "create") return object !== undefined;
  if (object === undefined) throw new Failure(`Error from server (NotFound): ${typeOfKind(call.client, ref.kind)?.qualified ?? ""} "${ref.name}" not found`);
  if (goal.type === "condition") return hasCondition(object, goal);
  const found = findJsonPath(goal.template, object, true);
  if ("error" in found || found.values.length === 0) return false;
  return goal.value === undefined || goText(found.values[0]) === goal.value;
}

function hasCondition(object: KubeObject, goal: { readonly name: string; readonly status: string }): boolean {
  const status = ((object as unknown as JsonObject)["status"] ?? {}) as JsonObject;
  const conditions = (status["conditions"] ?? []) as unknown as readonly Condition[];
  const match = conditions.find(({ type }) => type.toLowerCase() === goal.name.toLowerCase());
  if (match === undefined) return false;
  const observed = status["observedGeneration"];
  if (typeof observed === "number" && observed < (object.metadata.generation ?? 0)) return false;
  return (findCondition(conditions, match.type)?.status ?? "").toLowerCase() === goal.status.toLowerCase();
}
