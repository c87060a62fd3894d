import { describe, expect, it } from "vitest";
import { createCluster, restoreCluster, userInfo, type Cluster, type JsonObject } from "@/lib/engine";
import { ANONYMOUS, handle, tokenVerdict, type RestAnswer, type UserInfo } from "./index";

const nothing = { pull: () => ({ error: { code: "image.not-found", params: {}, about: [] }, message: "" }) as never };
const cluster = (signingKey?: string): Cluster => createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [], images: nothing, ...(signingKey === undefined ? {} : { signingKey }) });
const admin = userInfo("kubernetes-admin");

function ask(to: Cluster, user: UserInfo, method: string, url: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): RestAnswer & { readonly json: JsonObject; readonly code: number } {
  const [path = "", query = ""] = url.split("?");
  const answer = handle({ method, path, query, headers, body: body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body), user }, to);
  return answer.type === "body" ? { ...answer, code: answer.status, json: answer.body.startsWith("{") ? (JSON.parse(answer.body) as JsonObject) : {} } : { ...answer, code: 200, json: {} };
}

const RBAC = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
const roleRef = (name: string): JsonObject => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Role", name });
function allow(to: Cluster, user: string, name: string, rule: JsonObject): void {
  ask(to, admin, "POST", `${RBAC}/roles`, { metadata: { name }, rules: [rule] });
  ask(to, admin, "POST", `${RBAC}/rolebindings`, { metadata: { name }, roleRef: roleRef(name), subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: user }] });
}

describe("who may do what over the wire", () => {
  it("tells what exists only to those who may ask", () => {
    const here = cluster();
    const jane = userInfo("jane");
    expect(ask(here, jane, "GET", "/api/v1/namespaces/default/pods/none").json["message"]).toBe('pods "none" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"');
    expect(ask(here, jane, "GET", "/apis/nobody.io/v1/things").json["message"]).toBe('things.nobody.io is forbidden: User "jane" cannot list resource "things" in API group "nobody.io" at the cluster scope');
    expect(ask(here, jane, "GET", "/metrics").json["message"]).toBe('forbidden: User "jane" cannot get path "/metrics"');
    allow(here, "jane", "reader", { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] });
    expect(ask(here, jane, "GET", "/api/v1/namespaces/default/pods/none").code).toBe(404);
    expect(ask(here, jane, "GET", "/api/v1/namespaces/default/pods?watch=1").code).toBe(403);
    expect([ask(here, ANONYMOUS, "GET", "/version").code, ask(here, ANONYMOUS, "GET", "/api").code]).toEqual([200, 403]);
  });

  it("lets nobody grant, or apply into being, what they may not", () => {
    const here = cluster();
    const jane = userInfo("jane");
    allow(here, "jane", "granter", { apiGroups: ["rbac.authorization.k8s.io"], resources: ["roles"], verbs: ["create", "patch", "get"] });
    allow(here, "jane", "patcher", { apiGroups: [""], resources: ["configmaps"], verbs: ["patch"] });
    expect(ask(here, jane, "POST", `${RBAC}/roles`, { metadata: { name: "x" }, rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }] }).json["message"]).toContain("is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}");
    const patch = ask(here, jane, "PATCH", `${RBAC}/roles/granter`, { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }] }, { "content-type": "application/merge-patch+json" });
    expect(patch.code).toBe(403);
    const apply = ask(here, jane, "PATCH", "/api/v1/namespaces/default/configmaps/new?fieldManager=f", { apiVersion: "v1", kind: "ConfigMap", data: {} }, { "content-type": "application/apply-patch+yaml" });
    expect(apply.json["message"]).toBe('configmaps "new" is forbidden: User "jane" cannot create resource "configmaps" in API group "" in the namespace "default"');
  });

  it("lets somebody act as another only where a role says so", () => {
    const here = cluster();
    const as = { "impersonate-user": "vera", "impersonate-group": "dev\nops" };
    const whoami = (user: UserInfo, headers: Readonly<Record<string, string>>): JsonObject => ask(here, user, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, headers).json;
    expect((whoami(admin, { ...as, "impersonate-uid": "7", "impersonate-extra-a%2fb": "c" })["status"] as JsonObject)["userInfo"]).toEqual({ username: "vera", uid: "7", groups: ["dev", "ops", "system:authenticated"], extra: { "a/b": ["c"] } });
    expect(whoami(userInfo("jane"), as)["message"]).toBe('users "vera" is forbidden: User "jane" cannot impersonate resource "users" in API group "" at the cluster scope');
    expect(ask(here, admin, "GET", "/api", undefined, { "impersonate-group": "dev" }).code).toBe(500);
  });

  it("answers reviews with the binding that decides", () => {
    const here = cluster();
    allow(here, "jane", "reader", { apiGroups: [""], resources: ["pods"], verbs: ["get"] });
    const review = (spec: JsonObject) => ask(here, admin, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", { spec });
    const pods = { verb: "get", resource: "pods", namespace: "default" };
    expect(review({ user: "jane", resourceAttributes: pods }).json["status"]).toEqual({ allowed: true, reason: 'RBAC: allowed by RoleBinding "reader/default" of Role "reader" to User "jane"' });
    expect(review({ user: "pep", resourceAttributes: pods }).json["status"]).toEqual({ allowed: false });
    expect(review({ resourceAttributes: pods }).json["message"]).toBe('SubjectAccessReview.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be specified');
    ask(here, admin, "POST", `${RBAC}/rolebindings`, { metadata: { name: "lost" }, roleRef: roleRef("gone"), subjects: [{ kind: "User", apiGroup: "rbac.authorization.k8s.io", name: "pep" }] });
    expect(ask(here, userInfo("pep"), "GET", "/api/v1/namespaces/default/pods").json["message"]).toContain('in the namespace "default": RBAC: role.rbac.authorization.k8s.io "gone" not found');
  });
});

describe("tokens of service accounts", () => {
  const request = (to: Cluster, spec: JsonObject = {}) => ask(to, admin, "POST", "/api/v1/namespaces/default/serviceaccounts/bot/token", { spec });
  const tokenOf = (to: Cluster, spec: JsonObject = {}): string => String((request(to, spec).json["status"] as JsonObject)["token"]);
  const withBot = (key?: string): Cluster => {
    const here = cluster(key);
    ask(here, admin, "POST", "/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "bot" } });
    return here;
  };

  it("name their account until they expire or the account goes", () => {
    const here = withBot();
    const token = tokenOf(here);
    expect(tokenVerdict(here, token)).toMatchObject({ user: { name: "system:serviceaccount:default:bot", groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"] } });
    const { expirationTimestamp } = request(here, { expirationSeconds: 600 }).json["status"] as { readonly expirationTimestamp?: string };
    expect(expirationTimestamp).toBe("2026-01-01T00:10:00Z");
    const short = tokenOf(here, { expirationSeconds: 600 });
    here.advance(601_000 as Parameters<Cluster["advance"]>[0]);
    expect([tokenVerdict(here, short), "user" in tokenVerdict(here, token)]).toEqual([{ error: "invalid bearer token, service account token has expired" }, true]);
    ask(here, admin, "DELETE", "/api/v1/namespaces/default/serviceaccounts/bot");
    expect(tokenVerdict(here, token)).toEqual({ error: "invalid bearer token, service account token has been invalidated" });
  });

  it("die with the object they are bound to, and speak only to their audience", () => {
    const here = withBot();
    ask(here, admin, "POST", "/api/v1/namespaces/default/secrets", { metadata: { name: "s" } });
    const bound = tokenOf(here, { boundObjectRef: { kind: "Secret", apiVersion: "v1", name: "s" } });
    expect("user" in tokenVerdict(here, bound)).toBe(true);
    ask(here, admin, "DELETE", "/api/v1/namespaces/default/secrets/s");
    expect("error" in tokenVerdict(here, bound)).toBe(true);
    const elsewhere = tokenOf(here, { audiences: ["vault"] });
    expect(["error" in tokenVerdict(here, elsewhere), "user" in tokenVerdict(here, elsewhere, ["vault"])]).toEqual([true, true]);
    expect(request(here, { expirationSeconds: 5 }).json["message"]).toBe('TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes');
    expect(request(here, { boundObjectRef: { kind: "Pod", apiVersion: "v1", name: "none" } }).code).toBe(404);
  });

  it("of one cluster open no other, and no letter of them can change", () => {
    const [one, two] = [withBot("a"), withBot("b")];
    const token = tokenOf(one);
    expect(["user" in tokenVerdict(one, token), tokenVerdict(two, token)]).toEqual([true, { error: "invalid bearer token" }]);
    for (const at of [3, 60, token.length - 2]) expect("error" in tokenVerdict(one, `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`)).toBe(true);
    const review = ask(one, admin, "POST", "/apis/authentication.k8s.io/v1/tokenreviews", { spec: { token } });
    expect(review.json["status"]).toMatchObject({ authenticated: true, audiences: ["https://kubernetes.default.svc.cluster.local"] });
  });
});

describe("bodies that say something twice", () => {
  const CONFIG = "/api/v1/namespaces/default/configmaps";
  const body = '{"metadata":{"name":"a"},"bogus":1,"data":{"x":"1"},"data":{"x":"1","x":"2"}}';

  it("are refused when strict, in the order of the text, and warned of otherwise", () => {
    const here = cluster();
    expect(ask(here, admin, "POST", `${CONFIG}?fieldValidation=Strict`, body).json["message"]).toBe('ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "bogus", duplicate field "data", duplicate field "data.x"');
    const warned = ask(here, admin, "POST", CONFIG, body);
    expect([warned.code, warned.type === "body" && warned.headers["Warning"]]).toEqual([201, '299 - "duplicate field \\"data\\"", 299 - "duplicate field \\"data.x\\"", 299 - "unknown field \\"bogus\\""']);
    const yaml = ask(here, admin, "POST", `${CONFIG}?fieldValidation=Strict`, "metadata: {name: b}\ndata: {}\ndata: {}\n", { "content-type": "application/yaml" });
    expect(yaml.json["message"]).toBe('ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: yaml: unmarshal errors:\n  line 3: key "data" already set in map');
  });
});

describe("lists that go on", () => {
  it("end with 410 and a token for what is there now, once their history is gone", () => {
    const before = cluster();
    const put = (name: string): void => void ask(before, admin, "POST", "/api/v1/namespaces/default/configmaps", { metadata: { name } });
    ["a", "b", "c"].forEach(put);
    const first = ask(before, admin, "GET", "/api/v1/namespaces/default/configmaps?limit=1").json["metadata"] as JsonObject;
    put("d");
    // A snapshot keeps no history.
    const here = restoreCluster(before.snapshot(), nothing);
    const gone = ask(here, admin, "GET", `/api/v1/namespaces/default/configmaps?limit=5&continue=${String(first["continue"])}`);
    expect([gone.code, gone.json["reason"]]).toEqual([410, "Expired"]);
    const next = (gone.json["metadata"] as JsonObject)["continue"];
    const rest = ask(here, admin, "GET", `/api/v1/namespaces/default/configmaps?limit=5&continue=${String(next)}`);
    expect((rest.json["items"] as readonly { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)).not.toContain("a");
    const watch = ask(here, admin, "GET", "/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=2");
    expect(watch.type === "watch" && watch.watch.next().map(({ text }) => (JSON.parse(text) as { object: JsonObject }).object["code"])).toEqual([410]);
  });
});
