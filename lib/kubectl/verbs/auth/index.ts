import { compareStrings, isAllowed, rulesFor, type Attributes, type PolicyRule } from "@/lib/engine";
import { callerOf } from "../../caller";
import { usageFailure, type Call, type Command } from "../../command";
import { findType } from "../../discovery";
import { flag } from "../../flags";
import { alignRows } from "../../output/tab-writer";
import { allNamespacesFlag } from "../../resource-args";

const VERBS: ReadonlySet<string> = new Set(["*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "use", "bind", "escalate", "impersonate", "proxy", "approve", "sign"]);

const list = (words: readonly string[] = []): string => `[${words.join(" ")}]`;

/** The smallest rules first, those for one resource told together, in the order of Go's printed form. Upstream: rbacutil.SortableRuleSlice. */
function arranged(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const whole = new Map<string, PolicyRule>();
  const paths: PolicyRule[] = [];
  for (const rule of rules) {
    for (const url of rule.nonResourceURLs ?? []) paths.push({ verbs: rule.verbs, nonResourceURLs: [url] });
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const key = [group, resource, ...(rule.resourceNames ?? [])].join("\n");
        const verbs = [...(whole.get(key)?.verbs ?? []), ...rule.verbs];
        whole.set(key, { verbs: [...new Set(verbs)], apiGroups: [group], resources: [resource], ...(rule.resourceNames ? { resourceNames: rule.resourceNames } : {}) });
      }
    }
  }
  const text = (rule: PolicyRule): string => `Verbs:${list(rule.verbs)},APIGroups:${list(rule.apiGroups)},Resources:${list(rule.resources)},ResourceNames:${list(rule.resourceNames)},NonResourceURLs:${list(rule.nonResourceURLs)}`;
  return [...whole.values(), ...paths].sort((a, b) => compareStrings(text(a), text(b)));
}

function resourceText({ apiGroups = [], resources = [] }: PolicyRule): string {
  const [group = "", resource = ""] = [apiGroups[0], resources[0]];
  if (group === "") return resource;
  const slash = resource.indexOf("/");
  return slash < 0 ? `${resource}.${group}` : `${resource.slice(0, slash)}.${group}${resource.slice(slash)}`;
}

function printRules(call: Call): void {
  const caller = callerOf(call.io.cluster, call.io.user, call.flags);
  const rules = arranged(rulesFor(call.io.cluster.as(call.io.user), caller, call.namespace));
  const rows = rules.map((rule) => [resourceText(rule), list(rule.nonResourceURLs), list(rule.resourceNames), list(rule.verbs)]);
  call.out(alignRows([...(call.flags.bool("no-headers") ? [] : [["Resources", "Non-Resource URLs", "Resource Names", "Verbs"]]), ...rows]).text);
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
    if (call.flags.bool("list")) {
      printRules(call);
      return 0;
    }
    const [verb = "", what = ""] = call.words;
    if (call.words.length !== 2) usageFailure(call, "you must specify two arguments: verb resource or verb resource/resourceName.", "for help and examples.");
    if (!VERBS.has(verb)) call.err(`Warning: verb '${verb}' is not a known verb\n\n`);
    const caller = callerOf(call.io.cluster, call.io.user, call.flags);
    const allowed = isAllowed(call.io.cluster.as(call.io.user), caller, attributesOf(call, verb, what));
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
    call.out(alignRows([["ATTRIBUTE", "VALUE"], ["Username", caller.name], ...uid, ["Groups", list(caller.groups)]]).text);
    return 0;
  },
};

/** `kubectl auth`. */
export const auth: Command = { name: "auth", summary: "Inspect authorization", children: [canI, whoami] };
