import { isAllowed, rulesFor, timestamp, type Attributes } from "@/lib/engine";
import { callerOf } from "../../caller";
import { usageFailure, type Call, type Command } from "../../command";
import { findType } from "../../discovery";
import { fail } from "../../failure";
import { flag } from "../../flags";
import { formatOf } from "../../output/print-objects";
import { jsonText, yamlText } from "../../output/structured";
import { alignRows } from "../../output/tab-writer";
import { RULE_HEADINGS, ruleRows } from "../../policy-rules";
import { reconcile } from "./reconcile";
import { allNamespacesFlag } from "../../resource-args";

const VERBS: ReadonlySet<string> = new Set(["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate", "impersonate", "proxy", "approve", "sign"]);

const list = (words: readonly string[] = []): string => `[${words.join(" ")}]`;

function printRules(call: Call): void {
  const caller = callerOf(call.io.cluster, call.io.user, call.flags);
  const rules = rulesFor(call.io.cluster.as(call.io.user), caller, call.namespace);
  call.out(alignRows([...(call.flags.bool("no-headers") ? [] : [RULE_HEADINGS]), ...ruleRows(rules)]).text);
}

/** What is asked about, after the warnings that are due. */
function attributesOf(call: Call, verb: string, what: string): Attributes {
  if (what.startsWith("/")) return { verb, path: what };
  const [word = "", name = ""] = what.split("/");
  const type = word === "*" ? undefined : findType(call.client, word);
  const wide = call.flags.bool("all-namespaces");
  if (type === undefined && word !== "*") call.err(`Warning: the server doesn't have a resource type '${word}'\n\n`);
  if (type !== undefined && !type.definition.namespaced && !wide) call.err(`Warning: resource '${type.plural}' is not namespace scoped${type.group === "" ? "" : ` in group '${type.group}'`}\n\n`);
  const subresource = call.flags.text("subresource");
  return { verb, group: word === "*" ? "*" : (type?.group ?? ""), resource: type?.plural ?? word, subresource, name, namespace: wide || type?.definition.namespaced === false ? "" : call.namespace };
}

/** `kubectl auth can-i`. */
const canI: Command = {
  name: "can-i",
  summary: "Check whether an action is allowed",
  usage: "VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]",
  flags: [allNamespacesFlag, flag("bool", "quiet,q", "Only the exit code"), flag("bool", "list", "Everything that is allowed"), flag("text", "subresource", "Subresource"), flag("bool", "no-headers", "No line of headings")],
  run(call) {
    if (call.flags.bool("list") && call.words.length > 0) fail("list option must be specified with no arguments");
    if (call.flags.bool("list")) {
      printRules(call);
      return 0;
    }
    const [verb = "", what = ""] = call.words;
    if (call.words.length !== 2) usageFailure(call, "you must specify two arguments: verb resource or verb resource/resourceName.", "for help and examples.");
    const attributes = attributesOf(call, verb, what);
    if (!VERBS.has(verb)) call.err(`Warning: verb '${verb}' is not a known verb\n\n`);
    const caller = callerOf(call.io.cluster, call.io.user, call.flags);
    const allowed = isAllowed(call.io.cluster.as(call.io.user), caller, attributes);
    if (!call.flags.bool("quiet")) call.out(allowed ? "yes\n" : "no\n");
    return allowed ? 0 : 1;
  },
};

const whoami: Command = {
  name: "whoami",
  summary: "Check self subject attributes",
  flags: [flag("text", "output,o", "Output format")],
  run(call) {
    const caller = callerOf(call.io.cluster, call.io.user, call.flags);
    const uid = call.flags.text("as") === "" && caller.name === "kubernetes-admin" ? [["UID", "admin"]] : [];
    const format = formatOf(call).name;
    if (format === "yaml" || format === "json") {
      const userInfo = { groups: caller.groups, ...(uid.length > 0 ? { uid: "admin" } : {}), username: caller.name };
      const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview", metadata: { creationTimestamp: timestamp(call.io.cluster.now) }, status: { userInfo } };
      call.out(format === "yaml" ? yamlText(review) : jsonText(review));
      return 0;
    }
    call.out(alignRows([["ATTRIBUTE", "VALUE"], ["Username", caller.name], ...uid, ["Groups", list(caller.groups)]]).text);
    return 0;
  },
};

/** `kubectl auth`. */
export const auth: Command = { name: "auth", summary: "Inspect authorization", children: [canI, reconcile, whoami] };
