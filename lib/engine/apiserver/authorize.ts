/** Who may do what. Upstream: plugin/pkg/auth/authorizer/rbac, pkg/registry/rbac/validation. */
import { ApiError } from "../apimachinery/api-error";
import { deepEqual } from "../apimachinery/compare";
import { CLUSTER_ROLE, CLUSTER_ROLE_BINDING, ROLE, ROLE_BINDING } from "../apimachinery/kinds";
import { labelSelectorMatches } from "../apimachinery/labels";
import type { KindId, KubeObject, ObjectKey } from "../apimachinery/meta";
import { kindOf } from "../apimachinery/meta";
import type { ClusterRole, PolicyRule, Role, RoleBinding, RoleRef, Subject } from "../resources/rbac/rbac";

/** Somebody who asks for something. */
export interface UserInfo {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What somebody asks for: something with a resource, or with a path that is none. */
export interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  /** `""` for what belongs to the whole cluster. */
  readonly namespace?: string;
  readonly path?: string;
}

/** Where roles and bindings are read: any client will do. */
export interface RoleReader {
  get<T extends KubeObject>(kind: KindId, key: ObjectKey): T | undefined;
  list<T extends KubeObject>(kind: KindId, options?: { readonly namespace?: string }): readonly T[];
}

/** The group that may do everything, whatever the roles say. */
export const MASTERS = "system:masters";
const AUTHENTICATED = "system:authenticated";

/** Somebody by name, with the groups that follow from the name and those given. */
export function userInfo(name: string, groups: readonly string[] = []): UserInfo {
  if (name === "system:anonymous") return { name, groups: ["system:unauthenticated"] };
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name) ?? [];
  const own = name === "kubernetes-admin" ? [MASTERS] : namespace === undefined ? (name.startsWith("system:node:") ? ["system:nodes"] : []) : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
  return { name, groups: [...new Set([...groups, ...(groups.length > 0 && namespace === undefined ? [] : own), AUTHENTICATED])] };
}

function isSubject(subject: Subject, user: UserInfo, namespace: string): boolean {
  if (subject.kind === "User") return subject.name === user.name;
  if (subject.kind === "Group") return user.groups.includes(subject.name);
  return subject.kind === "ServiceAccount" && user.name === `system:serviceaccount:${subject.namespace ?? namespace}:${subject.name}`;
}

/** The rules of a cluster role; of an aggregated one, those of all it is made of. */
function clusterRules(reader: RoleReader, role: ClusterRole): readonly PolicyRule[] {
  const selectors = role.aggregationRule?.clusterRoleSelectors;
  if (selectors === undefined || (role.rules ?? []).length > 0) return role.rules ?? [];
  const parts = reader.list<ClusterRole>(CLUSTER_ROLE).filter((other) => other.metadata.name !== role.metadata.name && selectors.some((selector) => labelSelectorMatches(selector as Parameters<typeof labelSelectorMatches>[0], other.metadata.labels)));
  return parts.flatMap((other) => other.rules ?? []);
}

function rulesOf(reader: RoleReader, ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
  if (ref.kind === "ClusterRole") {
    const role = reader.get<ClusterRole>(CLUSTER_ROLE, { namespace: "", name: ref.name });
    return role && clusterRules(reader, role);
  }
  const role = reader.get<Role>(ROLE, { namespace, name: ref.name });
  return role && (role.rules ?? []);
}

/** A binding that concerns somebody, with the rules it brings; none when its role is not there. */
interface Grant {
  readonly binding: RoleBinding;
  readonly subject: Subject;
  readonly wide: boolean;
  readonly rules: readonly PolicyRule[] | undefined;
}

function grantsIn(reader: RoleReader, bindings: readonly RoleBinding[], user: UserInfo, namespace: string, wide: boolean): readonly Grant[] {
  return bindings.flatMap((binding) => {
    const subject = (binding.subjects ?? []).find((candidate) => isSubject(candidate, user, namespace));
    return subject === undefined ? [] : [{ binding, subject, wide, rules: rulesOf(reader, binding.roleRef, namespace) }];
  });
}

/** Cluster-wide grants first. Upstream: DefaultRuleResolver.VisitRulesFor. */
function grantsOf(reader: RoleReader, user: UserInfo, namespace: string): readonly Grant[] {
  const wide = grantsIn(reader, reader.list<RoleBinding>(CLUSTER_ROLE_BINDING), user, "", true);
  return namespace === "" ? wide : [...wide, ...grantsIn(reader, reader.list<RoleBinding>(ROLE_BINDING, { namespace }), user, namespace, false)];
}

/** Every rule that holds for somebody in a namespace, cluster-wide ones first; in `""` those alone. */
export function rulesFor(reader: RoleReader, user: UserInfo, namespace: string): readonly PolicyRule[] {
  return grantsOf(reader, user, namespace).flatMap(({ rules }) => rules ?? []);
}

/** What is wrong with the bindings that concern somebody: roles that are not there. `""` when nothing is. */
export function rulesProblem(reader: RoleReader, user: UserInfo, namespace: string): string {
  return problemOf(grantsOf(reader, user, namespace));
}

function problemOf(grants: readonly Grant[]): string {
  const missing = grants.filter(({ rules }) => rules === undefined).map(({ binding: { roleRef } }) => `${roleRef.kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(roleRef.name)} not found`);
  const told = [...new Set(missing)];
  return told.length < 2 ? (told[0] ?? "") : `[${told.join(", ")}]`;
}

/** Why somebody may: the binding that says so. */
function because({ binding, subject, wide }: Grant): string {
  const { roleRef, metadata } = binding;
  const where = wide ? metadata.name : `${metadata.name}/${metadata.namespace ?? ""}`;
  const who = subject.kind === "ServiceAccount" ? `${subject.name}/${subject.namespace ?? metadata.namespace ?? ""}` : subject.name;
  return `RBAC: allowed by ${wide ? "ClusterRoleBinding" : "RoleBinding"} ${JSON.stringify(where)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(who)}`;
}

const covers = (list: readonly string[] | undefined, value: string): boolean => list !== undefined && (list.includes("*") || list.includes(value));

function coversPath(urls: readonly string[] | undefined, path: string): boolean {
  return (urls ?? []).some((url) => url === "*" || url === path || (url.endsWith("*") && path.startsWith(url.slice(0, -1))));
}

function coversResource(resources: readonly string[] | undefined, resource: string, subresource: string): boolean {
  const asked = subresource === "" ? resource : `${resource}/${subresource}`;
  return (resources ?? []).some((one) => one === "*" || one === asked || (subresource !== "" && one === `*/${subresource}`));
}

/** Does a rule allow what is asked for? Upstream: RuleAllows. */
export function ruleAllows(rule: PolicyRule, { verb, group = "", resource = "", subresource = "", name = "", path }: Attributes): boolean {
  if (!covers(rule.verbs, verb)) return false;
  if (path !== undefined) return coversPath(rule.nonResourceURLs, path);
  const named = (rule.resourceNames ?? []).length === 0 || (rule.resourceNames ?? []).includes(name);
  return named && covers(rule.apiGroups, group) && coversResource(rule.resources, resource, subresource);
}

/** May somebody do this, and why, or why not. `reason` is `""` where upstream gives none. */
export interface Decision {
  readonly allowed: boolean;
  readonly reason: string;
}

/** Decides whether somebody may do something. */
export function decide(reader: RoleReader, user: UserInfo, asked: Attributes): Decision {
  if (user.groups.includes(MASTERS)) return { allowed: true, reason: "" };
  const grants = grantsOf(reader, user, asked.path === undefined ? (asked.namespace ?? "") : "");
  const grant = grants.find(({ rules }) => rules?.some((rule) => ruleAllows(rule, asked)) === true);
  if (grant) return { allowed: true, reason: because(grant) };
  const problem = problemOf(grants);
  return { allowed: false, reason: problem === "" ? "" : `RBAC: ${problem}` };
}

/** May somebody do this? */
export function isAllowed(reader: RoleReader, user: UserInfo, asked: Attributes): boolean {
  return decide(reader, user, asked).allowed;
}

/** The answer to a SubjectAccessReview. */
export function accessReview(reader: RoleReader, user: UserInfo, asked: Attributes): { readonly allowed: boolean; readonly reason?: string } {
  const { allowed, reason } = decide(reader, user, asked);
  return { allowed, ...(reason === "" ? {} : { reason }) };
}

/** 403, in the words of the API server. */
export function accessForbidden(user: UserInfo, { verb, group = "", resource = "", subresource = "", name = "", namespace = "", path }: Attributes, reason = ""): ApiError {
  const why = reason === "" ? "" : `: ${reason}`;
  const who = `User ${JSON.stringify(user.name)} cannot ${verb}`;
  if (path !== undefined) return new ApiError({ code: 403, reason: "Forbidden", message: `forbidden: ${who} path ${JSON.stringify(path)}${why}`, causes: [], details: {} });
  const qualified = group === "" ? resource : `${resource}.${group}`;
  const what = `${who} resource ${JSON.stringify(subresource === "" ? resource : `${resource}/${subresource}`)} in API group ${JSON.stringify(group)}`;
  const where = namespace === "" ? "at the cluster scope" : `in the namespace ${JSON.stringify(namespace)}`;
  const subject = name === "" ? qualified : `${qualified} ${JSON.stringify(name)}`;
  return new ApiError({ code: 403, reason: "Forbidden", message: `${subject} is forbidden: ${what} ${where}${why}`, causes: [], details: { ...(name === "" ? {} : { name }), ...(group === "" ? {} : { group }), kind: resource } });
}

/** @throws {ApiError} 403 when somebody may not do this. */
export function authorize(reader: RoleReader, user: UserInfo, asked: Attributes): void {
  const { allowed, reason } = decide(reader, user, asked);
  if (!allowed) throw accessForbidden(user, asked, reason);
}

/** Whom somebody wants to be taken for. */
export interface Impersonation {
  readonly name: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** Somebody as somebody else: whoever asks must be allowed to impersonate that user, those groups and the rest. Upstream: endpoints/filters/impersonation. @throws {ApiError} 403 */
export function impersonate(reader: RoleReader, user: UserInfo, name: string, groups: readonly string[] = [], { uid = "", extra = {} }: Omit<Impersonation, "name" | "groups"> = {}): UserInfo {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  const check = (asked: Attributes): void => authorize(reader, user, asked);
  if (account !== undefined && namespace !== undefined) check({ verb: "impersonate", resource: "serviceaccounts", namespace, name: account });
  else check({ verb: "impersonate", resource: "users", name });
  for (const group of groups) check({ verb: "impersonate", resource: "groups", name: group });
  const authentication = "authentication.k8s.io";
  for (const [key, values] of Object.entries(extra)) for (const value of values) check({ verb: "impersonate", group: authentication, resource: "userextras", subresource: key, name: value });
  if (uid !== "") check({ verb: "impersonate", group: authentication, resource: "uids", name: uid });
  // Whoever is impersonated is not made a master by a name.
  const { groups: own } = userInfo(name === "kubernetes-admin" ? "impersonated" : name, groups);
  return { name, groups: own, ...(uid === "" ? {} : { uid }), ...(Object.keys(extra).length === 0 ? {} : { extra }) };
}

/** One rule taken apart into the smallest things it grants. */
function granted(rule: PolicyRule): readonly PolicyRule[] {
  const { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const named: readonly (readonly string[])[] = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  const things = apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.flatMap((verb) => named.map((names): PolicyRule => ({ verbs: [verb], apiGroups: [group], resources: [resource], ...(names.length === 0 ? {} : { resourceNames: names }) })))));
  return [...things, ...nonResourceURLs.flatMap((url) => verbs.map((verb): PolicyRule => ({ verbs: [verb], nonResourceURLs: [url] })))];
}

/** Does one of the owner's rules cover this smallest grant? Upstream: ruleCovers. */
function isHeld(owner: readonly PolicyRule[], { verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: PolicyRule): boolean {
  return owner.some((rule) => {
    if (!covers(rule.verbs, verbs[0] ?? "")) return false;
    if (nonResourceURLs.length > 0) return coversPath(rule.nonResourceURLs, nonResourceURLs[0] ?? "");
    const [resource = "", subresource = ""] = (resources[0] ?? "").split("/");
    const names = rule.resourceNames ?? [];
    const named = names.length === 0 || (resourceNames.length > 0 && names.includes(resourceNames[0] ?? ""));
    return named && covers(rule.apiGroups, apiGroups[0] ?? "") && coversResource(rule.resources, resource, subresource);
  });
}

/** Grants that differ in their verb alone are told together. Upstream: CompactRules. */
function compact(rules: readonly PolicyRule[]): readonly PolicyRule[] {
  const found: PolicyRule[] = [];
  for (const rule of rules) {
    const { verbs, ...rest } = rule;
    const at = found.findIndex(({ verbs: _verbs, ...other }) => deepEqual(other, rest));
    const known = found[at];
    if (known === undefined) found.push(rule);
    else found[at] = { ...known, verbs: [...known.verbs, ...verbs] };
  }
  return found;
}

const goList = (list: readonly string[]): string => `[${list.map((text) => JSON.stringify(text)).join(" ")}]`;

function ruleText(rule: PolicyRule): string {
  const parts = [
    ...(rule.apiGroups ? [`APIGroups:${goList(rule.apiGroups)}`] : []),
    ...(rule.resources ? [`Resources:${goList(rule.resources)}`] : []),
    ...(rule.nonResourceURLs ? [`NonResourceURLs:${goList(rule.nonResourceURLs)}`] : []),
    ...(rule.resourceNames ? [`ResourceNames:${goList(rule.resourceNames)}`] : []),
    `Verbs:${goList(rule.verbs)}`,
  ];
  return `{${parts.join(", ")}}`;
}

/**
 * Nobody grants what they do not have, unless they may escalate or bind. Upstream: pkg/registry/rbac policybased storage.
 *
 * @throws {ApiError} 403, or 404 when a binding names a role that does not exist.
 */
export function checkEscalation(reader: RoleReader, user: UserInfo, object: KubeObject): void {
  const kind = kindOf(object);
  const plural = new Map<KindId, string>([[ROLE, "roles"], [CLUSTER_ROLE, "clusterroles"], [ROLE_BINDING, "rolebindings"], [CLUSTER_ROLE_BINDING, "clusterrolebindings"]]).get(kind);
  if (plural === undefined || user.groups.includes(MASTERS)) return;
  const group = "rbac.authorization.k8s.io";
  const [namespace, name] = [object.metadata.namespace ?? "", object.metadata.name];
  const isRole = kind === ROLE || kind === CLUSTER_ROLE;
  if (isRole && isAllowed(reader, user, { verb: "escalate", group, resource: plural, namespace, name })) return;
  const ref = isRole ? undefined : (object as RoleBinding).roleRef;
  if (ref && isAllowed(reader, user, { verb: "bind", group, resource: ref.kind === "ClusterRole" ? "clusterroles" : "roles", namespace, name: ref.name })) return;
  if (ref && !reader.get(ref.kind === "ClusterRole" ? CLUSTER_ROLE : ROLE, { namespace: ref.kind === "ClusterRole" ? "" : namespace, name: ref.name })) {
    throw new ApiError({ code: 404, reason: "NotFound", message: `${plural}.${group} ${JSON.stringify(ref.name)} not found`, causes: [], details: { name: ref.name, group, kind: plural } });
  }
  const wanted = ref ? (rulesOf(reader, ref, namespace) ?? []) : ((object as Role).rules ?? []);
  const owned = rulesFor(reader, user, namespace);
  const missing = compact(wanted.flatMap(granted).filter((rule) => !isHeld(owned, rule)));
  if (missing.length === 0) return;
  const who = `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)}) is attempting to grant RBAC permissions not currently held:`;
  throw new ApiError({ code: 403, reason: "Forbidden", message: `${plural}.${group} ${JSON.stringify(name)} is forbidden: ${who}\n${missing.map(ruleText).join("\n")}`, causes: [], details: { name, group, kind: plural } });
}
