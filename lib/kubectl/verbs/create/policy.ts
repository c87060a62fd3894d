import { parseQuantity, type JsonObject } from "@/lib/engine";
import type { Call, Command } from "../../command";
import { findType } from "../../discovery";
import { fail, Failure } from "../../failure";
import { flag } from "../../flags";
import { generator } from "./generator";

function pairs(text: string): JsonObject {
  return Object.fromEntries(text.split(",").filter((pair) => pair !== "").map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

const quota = generator({
  name: "quota",
  aliases: ["resourcequota"],
  summary: "Create a quota with the specified name",
  usage: "NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [options]",
  flags: [flag("text", "hard", "resource=quantity,…"), flag("list", "scopes", "Scopes")],
  failing: "failed to create quota:",
  build(call, name) {
    const scopes = call.flags.list("scopes");
    for (const limit of call.flags.text("hard").split(",").filter((part) => part !== "")) {
      const parts = limit.split("=");
      if (parts.length !== 2) fail(`Invalid argument syntax ${limit}, expected <resource>=<value>`);
      const amount = parseQuantity(parts[1] ?? "");
      if ("error" in amount) fail(amount.error);
    }
    return { apiVersion: "v1", kind: "ResourceQuota", metadata: { name }, spec: { ...(call.flags.text("hard") === "" ? {} : { hard: pairs(call.flags.text("hard")) }), ...(scopes.length > 0 ? { scopes } : {}) }, status: {} };
  },
});

const pdb = generator({
  name: "poddisruptionbudget",
  aliases: ["pdb"],
  summary: "Create a pod disruption budget with the specified name",
  usage: "NAME --selector=SELECTOR --min-available=N [options]",
  flags: [flag("text", "selector", "Labels of the pods"), flag("text", "min-available", "Fewest pods"), flag("text", "max-unavailable", "Most pods away")],
  failing: "failed to create poddisruptionbudgets:",
  build(call, name) {
    const { flags } = call;
    const [least, most] = [flags.text("min-available"), flags.text("max-unavailable")];
    if (flags.text("selector") === "") fail("a selector must be specified");
    if (least === "" && most === "") fail("one of min-available or max-unavailable must be specified");
    if (least !== "" && most !== "") fail("min-available and max-unavailable cannot be both specified");
    for (const [what, text] of [["min-available", least], ["max-unavailable", most]] as const) if (!/^[0-9]*%?$/.test(text)) fail(`invalid format specified for ${what}`);
    const number = (text: string): string | number => (/^[0-9]+$/.test(text) ? Number(text) : text);
    return {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name },
      spec: { ...(least === "" ? { maxUnavailable: number(most) } : { minAvailable: number(least) }), selector: { matchLabels: pairs(flags.text("selector")) } },
      status: { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 },
    };
  },
});

const priorityclass = generator({
  name: "priorityclass",
  aliases: ["pc"],
  summary: "Create a priority class with the specified name",
  usage: "NAME --value=VALUE --global-default=BOOL [options]",
  flags: [flag("int", "value", "The priority", { default: "0" }), flag("bool", "global-default", "Of pods that name none"), flag("text", "description", "What it is for"), flag("text", "preemption-policy", "PreemptLowerPriority or Never", { default: "PreemptLowerPriority" })],
  failing: "failed to create priorityclass:",
  build(call, name) {
    const description = call.flags.text("description");
    return {
      apiVersion: "scheduling.k8s.io/v1",
      ...(description === "" ? {} : { description }),
      ...(call.flags.bool("global-default") ? { globalDefault: true } : {}),
      kind: "PriorityClass",
      metadata: { name },
      preemptionPolicy: call.flags.text("preemption-policy"),
      value: call.flags.int("value"),
    };
  },
});

const KNOWN_VERBS: ReadonlySet<string> = new Set(["*", "get", "delete", "list", "create", "update", "patch", "watch", "proxy", "deletecollection", "use", "bind", "impersonate", "escalate", "approve", "sign", "attest"]);

/** Rules of a role: one for each group among the resources. */
function rulesOf(call: Call): readonly JsonObject[] {
  const verbs = call.flags.list("verb").filter((verb, i, all) => all.indexOf(verb) === i);
  if (verbs.length === 0) fail("at least one verb must be specified");
  const resources = call.flags.list("resource");
  const urls = call.flags.list("non-resource-url");
  if (resources.length === 0 && urls.length === 0) fail("at least one resource must be specified");
  checkUrls(urls, verbs);
  for (const verb of verbs) if (!KNOWN_VERBS.has(verb)) call.err(`Warning: '${verb}' is not a standard resource verb\n`);
  const groups = new Map<string, string[]>();
  for (const word of resources) {
    const [named = "", ...below] = word.split("/");
    const { group, plural } = resourceOf(call, named, verbs);
    const resource = [plural, ...below].join("/");
    const before = groups.get(group) ?? [];
    if (!before.includes(resource)) groups.set(group, [...before, resource]);
  }
  const names = call.flags.list("resource-name");
  const byGroup = [...groups].map(([group, list]): JsonObject => ({ apiGroups: [group], ...(names.length > 0 ? { resourceNames: names } : {}), resources: list, verbs }));
  return urls.length > 0 ? [...byGroup, { nonResourceURLs: urls, verbs }] : byGroup;
}

/** Verbs that mean something for a few resources only, some of which no server lists. Upstream: kubectl/pkg/cmd/create specialVerbs. */
const SPECIAL: Readonly<Record<string, readonly (readonly [group: string, resource: string])[]>> = {
  use: [["policy", "podsecuritypolicies"], ["extensions", "podsecuritypolicies"]],
  bind: [["rbac.authorization.k8s.io", "roles"], ["rbac.authorization.k8s.io", "clusterroles"]],
  escalate: [["rbac.authorization.k8s.io", "roles"], ["rbac.authorization.k8s.io", "clusterroles"]],
  impersonate: [["", "users"], ["", "serviceaccounts"], ["", "groups"], ["authentication.k8s.io", "userextras"]],
};

function resourceOf(call: Call, word: string, verbs: readonly string[]): { readonly group: string; readonly plural: string } {
  if (word === "*") return { group: "", plural: "*" };
  const type = findType(call.client, word);
  const special = Object.values(SPECIAL).flat().find(([, resource]) => resource === word.split(".")[0]);
  if (type === undefined && special === undefined) {
    const dot = word.indexOf(".");
    throw new Failure(`the server doesn't have a resource type "${dot < 0 ? word : word.slice(0, dot)}"${dot < 0 ? "" : ` in group "${word.slice(dot + 1)}"`}`);
  }
  const found = type === undefined ? { group: special?.[0] ?? "", plural: special?.[1] ?? "" } : { group: type.group, plural: type.plural };
  for (const verb of verbs) {
    const allowed = SPECIAL[verb];
    if (allowed !== undefined && !allowed.some(([group, resource]) => group === found.group && resource === found.plural)) fail(`can not perform '${verb}' on '${found.plural}' in group '${found.group}'`);
  }
  return found;
}

const URL_VERBS: ReadonlySet<string> = new Set(["*", "get", "head", "options", "post", "put", "patch", "delete"]);

function checkUrls(urls: readonly string[], verbs: readonly string[]): void {
  if (urls.length === 0) return;
  for (const verb of verbs) if (!URL_VERBS.has(verb)) fail(`invalid verb: '${verb}' for nonResourceURL`);
  for (const url of urls) {
    if (url === "*") continue;
    if (url === "" || !url.startsWith("/")) fail("nonResourceURL should start with /");
    if (url.slice(0, -1).includes("*")) fail("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
}

const ruleFlags = [flag("list", "verb", "Verbs"), flag("list", "resource", "Resources"), flag("repeated", "resource-name", "Names")];

const role = generator({
  name: "role",
  summary: "Create a role with single rule",
  usage: "NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [options]",
  flags: ruleFlags,
  build: (call, name) => ({ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name }, rules: rulesOf(call) }),
});

const clusterrole = generator({
  name: "clusterrole",
  summary: "Create a cluster role",
  usage: "NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [options]",
  flags: [...ruleFlags, flag("list", "non-resource-url", "Paths that are no resources"), flag("text", "aggregation-rule", "Labels of the roles to join")],
  build(call, name) {
    const base = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name } };
    const joined = call.flags.text("aggregation-rule");
    if (joined !== "" && ["verb", "resource", "resource-name", "non-resource-url"].some((name) => call.flags.list(name).length > 0)) fail("aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames");
    return joined === "" ? { ...base, rules: rulesOf(call) } : { aggregationRule: { clusterRoleSelectors: [{ matchLabels: pairs(joined) }] }, ...base, rules: null };
  },
});

function subjectsOf(call: Call): readonly JsonObject[] {
  const apiGroup = "rbac.authorization.k8s.io";
  const accounts = call.flags.list("serviceaccount").map((text) => {
    const [namespace = "", name = "", extra] = text.split(":");
    if (namespace === "" || name === "" || extra !== undefined) fail("serviceaccount must be <namespace>:<name>");
    return { kind: "ServiceAccount", name, namespace };
  });
  return [...call.flags.list("user").map((name) => ({ apiGroup, kind: "User", name })), ...call.flags.list("group").map((name) => ({ apiGroup, kind: "Group", name })), ...accounts];
}

const subjectFlags = [flag("repeated", "user", "Users"), flag("repeated", "group", "Groups"), flag("repeated", "serviceaccount", "namespace:name")];

function binding(call: Call, name: string, kind: string): JsonObject {
  const [plain, whole] = [call.flags.text("role"), call.flags.text("clusterrole")];
  if ((plain === "") === (whole === "")) fail("exactly one of clusterrole or role must be specified");
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: plain === "" ? "ClusterRole" : "Role", name: plain === "" ? whole : plain };
  return { apiVersion: "rbac.authorization.k8s.io/v1", kind, metadata: { name }, roleRef, subjects: subjectsOf(call) };
}

const rolebinding = generator({
  name: "rolebinding",
  summary: "Create a role binding for a particular role or cluster role",
  usage: "NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [options]",
  flags: [flag("text", "role", "Role"), flag("text", "clusterrole", "Cluster role"), ...subjectFlags],
  failing: "failed to create rolebinding:",
  build: (call, name) => binding(call, name, "RoleBinding"),
});

const clusterrolebinding = generator({
  name: "clusterrolebinding",
  summary: "Create a cluster role binding for a particular cluster role",
  usage: "NAME --clusterrole=NAME [--user=username] [--group=groupname] [options]",
  flags: [flag("text", "role", "Not used here"), flag("text", "clusterrole", "Cluster role"), ...subjectFlags],
  failing: "failed to create clusterrolebinding:",
  required: ["clusterrole"],
  build: (call, name) => binding(call, name, "ClusterRoleBinding"),
});

/** Generators of rules and limits. */
export const policyGenerators: readonly Command[] = [clusterrole, clusterrolebinding, pdb, priorityclass, quota, role, rolebinding];
