import { findCondition, findJsonPath, parseDuration, relaxedJsonPath, type Condition, type Json, type JsonObject, type KubeObject, type ObjectRef } from "@/lib/engine";
import type { Call, Command, Outcome } from "../../command";
import { typeOfKind } from "../../discovery";
import { fail, failAll, Failure } from "../../failure";
import { flag } from "../../flags";
import { hasManifests } from "../../manifests";
import { outputFlags, printOrSay } from "../../output/print-objects";
import { goText } from "../../output/go-text";
import { allNamespacesFlag, fieldSelectorFlag, fileFlags, findObjects, namedBy, selectorFlag } from "../../resource-args";
import { deadlineOf, timedOut } from "../../timeout";

interface WaitState {
  readonly refs: readonly (ObjectRef & { readonly uid: string })[];
  /** How many of the goals the first of them has reached. */
  readonly met?: number;
  readonly deadline?: number;
}

/** `kubectl wait`. Upstream: kubectl/pkg/cmd/wait. */
export const wait: Command = {
  name: "wait",
  summary: "Wait for a specific condition on one or many resources",
  usage: "([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]] [options]",
  examples: [["Until a pod is ready", "kubectl wait --for=condition=Ready pod/web --timeout=60s"]],
  flags: [...fileFlags, selectorFlag, fieldSelectorFlag, allNamespacesFlag, flag("repeated", "for", "condition=…, delete, create or jsonpath=…; may be given again"), flag("bool", "local", "Do not ask the server"), ...outputFlags, flag("bool", "all", "Every object of the kind"), flag("duration", "timeout", "How long to wait", { default: "30s" })],
  run(call) {
    const goals = goalsOf(call);
    const [goal] = goals;
    if (call.words.length === 0 && !hasManifests(call)) fail("no resources specified");
    if (goal?.type === "create") return look(call, { refs: (namedBy(call, call.words).refs ?? []).map(({ ref }) => ({ ...ref, uid: "" })), ...deadlineOf(call, true) });
    const { infos, failures } = findObjects(call, call.words);
    const missing = failures.filter((failure) => failure instanceof Failure && failure.text.includes("(NotFound)"));
    if (goal?.type === "delete" && missing.length === failures.length && infos.length === 0) return 0;
    failAll(goal?.type === "delete" ? failures.filter((failure) => !missing.includes(failure)) : failures);
    if (infos.length === 0 && goal?.type !== "delete") fail("no matching resources found");
    return look(call, { refs: infos.map(({ ref, object }) => ({ ...ref, uid: object.metadata.uid })), ...deadlineOf(call, true) });
  },
  resume: (call, state) => look(call, state as unknown as WaitState),
};

/** What `--for` asks for, one after the other. @throws {Failure} */
function goalsOf(call: Call): readonly Goal[] {
  const asked = call.flags.list("for");
  return asked.length === 0 ? [goalOf("")] : asked.map(goalOf);
}

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
    if (path === "") return fail("jsonpath expression cannot be empty");
    const relaxed = relaxedJsonPath(path);
    if ("error" in relaxed) return fail(relaxed.error);
    if (after !== "" && !after.startsWith("=")) return fail(`jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'`);
    return { type: "jsonpath", template: relaxed.template, value: after === "" ? undefined : after.slice(1) };
  }
  return fail(text === "" ? "unrecognized condition: []" : `unrecognized condition: "${text}"`);
}

function look(call: Call, state: WaitState): Outcome {
  const goals = goalsOf(call);
  const refs = [...state.refs];
  let met = state.met ?? 0;
  // One after the other, as upstream: the second is only looked at once the first is there.
  for (let goal = goals[met]; refs[0] !== undefined && goal !== undefined && isMet(call, goal, refs[0]); goal = goals[met]) {
    say(call, refs[0]);
    met += 1;
    if (met < goals.length) continue;
    met = 0;
    refs.shift();
  }
  const goal = goals[met] ?? { type: "delete" };
  const [first] = refs;
  if (first === undefined) return 0;
  if (timedOut(call, state)) {
    if (goal.type === "create") fail("timed out waiting for the condition");
    if (goal.type === "delete" && (parseDuration(call.flags.text("timeout")) ?? 0) === 0) fail(`condition not met for ${typeOfKind(call.client, first.kind)?.plural ?? ""}/${first.name}`);
    const late = goal.type === "delete" ? [first] : refs;
    failAll(late.map((ref) => new Failure(`error: timed out waiting for the condition on ${typeOfKind(call.client, ref.kind)?.plural ?? ""}/${ref.name}`)));
  }
  return { state: { ...state, refs, met } as unknown as Json, ...(state.deadline === undefined ? {} : { deadline: state.deadline }) };
}

function say(call: Call, ref: ObjectRef): void {
  const type = typeOfKind(call.client, ref.kind);
  const object = call.client.get<KubeObject>(ref.kind, ref);
  if (type !== undefined) printOrSay(call, { type, object: object ?? ({ metadata: { name: ref.name } } as KubeObject) }, "condition met");
}

function isMet(call: Call, goal: Goal, ref: ObjectRef & { readonly uid: string }): boolean {
  const object = call.client.get<KubeObject>(ref.kind, ref);
  if (goal.type === "delete") return object?.metadata.uid !== ref.uid;
  if (goal.type === "create") return object !== undefined;
  if (object === undefined) throw new Failure(`Error from server (NotFound): ${typeOfKind(call.client, ref.kind)?.qualified ?? ""} "${ref.name}" not found`);
  if (goal.type === "condition") return hasCondition(object, goal);
  const found = findJsonPath(goal.template, object, true);
  if ("error" in found || found.values.length === 0) return false;
  if (goal.value === undefined) return true;
  if (found.values.length > 1) fail("given jsonpath expression matches more than one value");
  if (typeof found.values[0] === "object" && found.values[0] !== null) fail("jsonpath leads to a nested object or list which is not supported");
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
