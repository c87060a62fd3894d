import { canonicalJson, type Json, type JsonObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { slashName } from "../../discovery";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { isLocal } from "./local";
import { eachPod, nested, patchAndSay, setFlags, wantedInfos } from "./pods";

/** `kubectl set serviceaccount`. Upstream: kubectl/pkg/cmd/set/set_serviceaccount.go. */
export const serviceAccount: Command = {
  name: "serviceaccount",
  aliases: ["sa"],
  summary: "Update the service account of a resource",
  usage: "(-f FILENAME | TYPE NAME) SERVICE_ACCOUNT [options]",
  flags: setFlags,
  run(call) {
    const name = call.words.at(-1);
    if (name === undefined) return fail("serviceaccount is required");
    return eachPod(call, call.words.slice(0, -1), { done: "serviceaccount", refused: "failed to patch ServiceAccountName" }, (_info, { path }) => ({ body: nested(path, { serviceAccountName: name, ...(isLocal(call) ? {} : { serviceAccount: name }) }) }));
  },
};

const GROUP = "rbac.authorization.k8s.io";

/** Those the flags name. @throws {Failure} */
function subjectsOf(call: Call): readonly JsonObject[] {
  const named = (kind: string, names: readonly string[]): readonly JsonObject[] => names.map((name) => ({ apiGroup: GROUP, kind, name }));
  const accounts = call.flags.list("serviceaccount").map((text): JsonObject => {
    const [namespace = "", name = "", ...more] = text.split(":");
    if (namespace === "" || name === "" || more.length > 0) fail("serviceaccount must be <namespace>:<name>");
    return { kind: "ServiceAccount", name, namespace };
  });
  return [...named("User", call.flags.list("user")), ...named("Group", call.flags.list("group")), ...accounts];
}

/** `kubectl set subject`. Upstream: kubectl/pkg/cmd/set/set_subject.go. */
export const subject: Command = {
  name: "subject",
  summary: "Update the user, group, or service account in a role binding or cluster role binding",
  usage: "(-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [options]",
  flags: [...setFlags, flag("list", "user", "Users to bind"), flag("list", "group", "Groups to bind"), flag("list", "serviceaccount", "Service accounts to bind, as namespace:name")],
  run(call) {
    const infos = wantedInfos(call, call.words);
    const wanted = subjectsOf(call);
    if (wanted.length === 0) fail("you must specify at least one value of user, group or serviceaccount");
    for (const info of infos) {
      if (info.type.plural !== "rolebindings" && info.type.plural !== "clusterrolebindings") fail(`${slashName(info.type, info.ref.name)}\n setting subjects is only supported for RoleBinding/ClusterRoleBinding`);
      const before = ((info.object as unknown as JsonObject)["subjects"] ?? []) as readonly Json[];
      const known = before.map(canonicalJson);
      const fresh = wanted.filter((one) => !known.includes(canonicalJson(one)));
      if (fresh.length > 0) patchAndSay(call, info, { subjects: [...before, ...fresh] }, { done: "subjects", refused: "failed to patch subjects to rolebinding:" });
    }
    return 0;
  },
};
