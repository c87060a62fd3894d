/** What a hostile client may send: properties of the wire that hold whatever comes. Run briefly by `npm test`, for long by `npm run fuzz`. */
import * as fc from "fast-check";
import { createCluster, millis, type Cluster, type FileSystem } from "@/lib/engine";
import { readRequest } from "@/lib/hosting/gateway/http-wire";
import { spdyConnection } from "@/lib/hosting/gateway/spdy";
import { runTar } from "@/lib/hosting/gateway/tar";
import { catalog } from "@/lib/images";
import { handle, type RestAnswer } from "@/lib/rest";
import { fixtures, kubernetesVersion } from "@/lib/workbench";

/** Most milliseconds one request may keep the server busy; far more than any needs, so that a busy machine is no failure. */
const SLOWEST = 5_000;

const ADMIN = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };
const NAMESPACE = "/api/v1/namespaces/default";

const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx:1.29", ports: [{ containerPort: 80 }], env: [{ name: "A", value: "b" }], resources: { requests: { cpu: "10m" } } }], volumes: [{ name: "v", emptyDir: {} }] } };
/** Where each kind lives, and an object of it that is right. */
const OBJECTS: readonly { readonly path: string; readonly object: object }[] = [
  { path: `${NAMESPACE}/configmaps`, object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", labels: { x: "y" } }, data: { a: "b" } } },
  { path: `${NAMESPACE}/pods`, object: { apiVersion: "v1", kind: "Pod", ...template, metadata: { name: "a" } } },
  { path: "/apis/apps/v1/namespaces/default/deployments", object: { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "a" }, spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template } } },
  { path: "/apis/apps/v1/namespaces/default/statefulsets", object: { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "a" }, spec: { serviceName: "s", replicas: 1, selector: { matchLabels: { app: "web" } }, template } } },
  { path: "/apis/batch/v1/namespaces/default/cronjobs", object: { apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "a" }, spec: { schedule: "*/5 * * * *", jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: "Never" } } } } } } },
  { path: `${NAMESPACE}/services`, object: { apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } } },
  { path: "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", object: { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: { name: "a" }, spec: { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }] }] } } },
  { path: "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", object: { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "a" }, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] } },
  { path: "/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers", object: { apiVersion: "autoscaling/v1", kind: "HorizontalPodAutoscaler", metadata: { name: "a" }, spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "a" }, targetCPUUtilizationPercentage: 50 } } },
  { path: "/apis/policy/v1/namespaces/default/poddisruptionbudgets", object: { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: { name: "a" }, spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } } } },
  { path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", object: { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition", metadata: { name: "as.example.com" }, spec: { group: "example.com", scope: "Namespaced", names: { plural: "as", singular: "a", kind: "A" }, versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties: { size: { type: "integer", minimum: 1 } } } } } } }] } } },
  { path: "/apis/authorization.k8s.io/v1/subjectaccessreviews", object: { apiVersion: "authorization.k8s.io/v1", kind: "SubjectAccessReview", spec: { user: "a", resourceAttributes: { verb: "get", resource: "pods" } } } },
];

const strange: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, "", 0, -1, 1e308, -1e308, 0.5, 2 ** 53, true, [], {}, [[]], [null], { a: null }, "__proto__", "constructor", "a/b", "../..", "\u0000", "ñ", "\ud800", "9".repeat(400), "-", "1e9Gi", "100m", "$(A)", "%00", "*", "25%", "-25%", "9223372036854775808", "2026-01-01T00:00:00Z"),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.integer(),
  fc.double(),
  fc.jsonValue({ maxDepth: 3 }),
);

interface Change {
  readonly steps: readonly number[];
  readonly how: "set" | "drop" | "twice" | "rename";
  readonly value: unknown;
}
const change: fc.Arbitrary<Change> = fc.record({ steps: fc.array(fc.nat(9), { minLength: 1, maxLength: 8 }), how: fc.constantFrom("set", "set", "set", "drop", "twice", "rename"), value: strange });

/** A value with one thing in it changed: the steps choose a way down. */
function changed(value: unknown, { steps: [step = 0, ...rest], how, value: other }: Change): unknown {
  if (typeof value !== "object" || value === null) return other;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return other;
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    const at = Number(key);
    if (rest.length > 0) return items.map((item, index) => (index === at ? changed(item, { steps: rest, how, value: other }) : item));
    return how === "drop" ? items.filter((_item, index) => index !== at) : how === "twice" ? [...items, items[at]] : items.map((item, index) => (index === at ? other : item));
  }
  const record = value as Record<string, unknown>;
  const { [key]: inner, ...others } = record;
  if (rest.length > 0) return { ...record, [key]: changed(inner, { steps: rest, how, value: other }) };
  if (how === "drop") return others;
  if (how === "rename") return { ...others, [typeof other === "string" ? other : (JSON.stringify(other) ?? "x")]: inner };
  return { ...record, [key]: other };
}

const wrongObject = fc.tuple(fc.nat(OBJECTS.length - 1), fc.array(change, { maxLength: 4 })).map(([index, changes]) => {
  const { path, object } = OBJECTS[index] ?? { path: "/", object: {} };
  return { path, object: changes.reduce<unknown>((value, one) => changed(value, one), object) };
});

/** A text with bytes of it replaced, dropped and doubled. */
const mangled = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.array(fc.tuple(fc.nat(4000), fc.string({ maxLength: 3 }), fc.nat(3)), { maxLength: 4 })).map(([whole, cuts]) => cuts.reduce((now, [at, put, drop]) => now.slice(0, at % (now.length + 1)) + put + now.slice((at % (now.length + 1)) + drop), whole));

const word = fc.oneof(fc.constantFrom("a", "app", "app=web", "x in (a,b)", "!x", "metadata.name=a", "spec.nodeName=node-1", "status.phase!=Running", "v1", "0", "1", "true", "false", "All", "-1", "99999999999999999999", "%", "=", "(", ",", ""), fc.string({ unit: "binary", maxLength: 20 }));
const query = fc.array(fc.tuple(fc.constantFrom("labelSelector", "fieldSelector", "limit", "continue", "resourceVersion", "resourceVersionMatch", "watch", "sendInitialEvents", "allowWatchBookmarks", "timeoutSeconds", "dryRun", "fieldManager", "fieldValidation", "force", "propagationPolicy", "gracePeriodSeconds", "includeObject", "container", "tailLines", "sinceTime", "command", "pretty", "x"), word), { maxLength: 5 }).map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join("&"));
const place = fc.oneof(
  fc.constantFrom(...OBJECTS.flatMap(({ path }) => [path, `${path}/a`, `${path}/a/status`, `${path}/a/scale`, `${path}/a/log`, `${path}/a/exec`, `${path}/a/proxy/x`, `${path}/a/eviction`, `${path}/a/binding`])),
  fc.constantFrom("/", "/api", "/apis", "/api/v1", "/apis/apps", "/openapi/v3", "/openapi/v3/apis/apps/v1", "/version", "/readyz", "/metrics", "/api/v1/watch/pods", `${NAMESPACE}/serviceaccounts/default/token`, "/apis/metrics.k8s.io/v1beta1/pods", "/apis/events.k8s.io/v1/events"),
  fc.array(fc.oneof(fc.constantFrom("api", "v1", "apis", "apps", "namespaces", "default", "pods", "a", "..", "%2e", "%", "log", "watch"), fc.string({ maxLength: 6 })), { maxLength: 8 }).map((parts) => `/${parts.join("/")}`),
);
const accept = fc.oneof(fc.constantFrom("application/json", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "*/*", "text/html", "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", ";;,=", ""), fc.string({ maxLength: 30 }));
const bodyType = fc.oneof(fc.constantFrom("application/json", "application/yaml", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/vnd.kubernetes.protobuf", "text/plain", ""), fc.string({ maxLength: 20 }));
const method = fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW");

/** A cluster that takes whatever is thrown at it, replaced when it has had enough. */
class Target {
  private cluster: Cluster | undefined;
  private taken = 0;

  private fresh(): Cluster {
    const cluster = createCluster({ ...fixtures["three-nodes"], seed: 1, kubernetesVersion, images: catalog, limits: { pods: 200, objects: 2000 } });
    for (const { path, object } of OBJECTS.slice(0, 10)) handle({ method: "POST", path, query: "", headers: {}, body: JSON.stringify(object), user: ADMIN }, cluster);
    return cluster;
  }

  /** Asks; now and then lets the controllers have their turn with what was accepted. */
  ask(request: { readonly method: string; readonly path: string; readonly query?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array }): RestAnswer {
    if (this.taken % 200 === 0) this.cluster = this.fresh();
    this.taken += 1;
    const cluster = (this.cluster ??= this.fresh());
    const began = performance.now();
    const answer = handle({ query: "", headers: {}, body: "", user: ADMIN, ...request }, cluster);
    if (answer.type === "watch") answer.watch.next();
    if (answer.type === "log") answer.log.next();
    if (this.taken % 10 === 0) cluster.advance(millis(1000));
    const taken = performance.now() - began;
    if (taken > SLOWEST) throw new Error(`took ${Math.round(taken)} ms`);
    check(answer);
    return answer;
  }
}

/** An answer a client can read. */
function check(answer: RestAnswer): void {
  if (answer.type !== "body") return;
  if (!Number.isInteger(answer.status) || answer.status < 200 || answer.status > 599) throw new Error(`status ${answer.status}`);
  for (const [name, value] of Object.entries(answer.headers)) if (/[\r\n]/.test(`${name}${value}`)) throw new Error(`header ${name} of two lines`);
  if (answer.status >= 400 && (answer.headers["Content-Type"] ?? "").startsWith("application/json")) {
    const status = JSON.parse(answer.body) as { readonly kind?: string; readonly code?: number };
    if (status.kind !== "Status" || status.code !== answer.status) throw new Error(`a refusal that is no Status: ${answer.body.slice(0, 200)}`);
  }
}

const headersOf = (type: string, accepts: string): Readonly<Record<string, string>> => ({ "content-type": type, accept: accepts });

/** Random files of a container. */
function disk(): FileSystem {
  const kept = new Map<string, string>();
  return {
    read: (path) => kept.get(path),
    stat: (path) => (kept.has(path) ? { type: "file", size: kept.get(path)?.length ?? 0, modified: 0, mode: 0o644 } : { type: "directory", size: 0, modified: 0, mode: 0o755 }),
    list: () => [...kept.keys()],
    write: (path, content) => void kept.set(path, content),
    append: () => undefined,
    makeDirectory: () => undefined,
    remove: () => undefined,
    chmod: () => undefined,
    lock: () => true,
  };
}

const bytes = fc.uint8Array({ maxLength: 600 });
const MAGIC = Uint8Array.from([0x6b, 0x38, 0x73, 0x00]);

/** Protobuf that is nearly right: fields of known numbers and kinds, with anything in them. */
const field: fc.Arbitrary<readonly number[]> = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(0, 1, 2, 5), bytes).map(([number, wire, content]) => {
  const body = [...content.slice(0, wire === 1 ? 8 : wire === 5 ? 4 : 60)];
  return wire === 2 ? [(number << 3) | 2, body.length, ...body] : wire === 0 ? [number << 3, ...body.slice(0, 9).map((byte) => byte | 0x80), 1] : [(number << 3) | wire, ...body];
});
const protobuf = fc.oneof(
  bytes.map((rest) => Uint8Array.from([...MAGIC, ...rest])),
  fc.tuple(fc.constantFrom("Pod", "Secret", "ConfigMap", "Deployment", "Service"), fc.array(field, { maxLength: 8 })).map(([kind, fields]) => {
    const name = [...kind].map((char) => char.charCodeAt(0));
    const raw = fields.flat();
    const meta = [0x0a, 2, 0x76, 0x31, 0x12, name.length, ...name];
    const size = raw.length < 128 ? [raw.length] : [(raw.length & 127) | 128, raw.length >> 7];
    return Uint8Array.from([...MAGIC, 0x0a, meta.length, ...meta, 0x12, ...size, ...raw]);
  }),
);

const frame = fc.tuple(fc.boolean(), fc.constantFrom(1, 2, 3, 4, 6, 7, 9), fc.nat(255), bytes).map(([control, type, flags, content]) => {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(control ? 0x8003 : 0, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt32BE(((flags << 24) | content.length) >>> 0, 4);
  return Buffer.concat([head, content]);
});

/** One property: its name, and a run of it. */
export interface Property {
  readonly name: string;
  readonly property: fc.IRawProperty<unknown>;
}

/** Every property, each with a target of its own. */
export function wireProperties(): readonly Property[] {
  const made = <T>(name: string, arbitrary: fc.Arbitrary<T>, run: (value: T, target: Target) => void): Property => {
    const target = new Target();
    return { name, property: fc.property(arbitrary, (value) => run(value, target)) as unknown as fc.IRawProperty<unknown> };
  };
  return [
    made("json objects", fc.tuple(wrongObject, fc.constantFrom("POST", "PUT"), query), ([{ path, object }, verb, asked], target) => void target.ask({ method: verb, path: verb === "PUT" ? `${path}/a` : path, query: asked, body: JSON.stringify(object) ?? "" })),
    made("json texts", fc.tuple(mangled(wrongObject.map(({ object }) => JSON.stringify(object) ?? "")), place, method, bodyType), ([body, path, verb, type], target) => void target.ask({ method: verb, path, headers: headersOf(type, ""), body })),
    made("yaml", fc.tuple(mangled(fc.constantFrom("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: \"1\"}\n", "a: &x [*x]\n", "a: !!binary x\n? [b]\n: c\n", "- 1\n-   - 2\n  - 3\n", "%YAML 1.1\n---\na: |2-\n  b\n", "{a: b, <<: {c: d}}")), fc.boolean()), ([body, apply], target) => void (apply ? target.ask({ method: "PATCH", path: `${NAMESPACE}/configmaps/a`, query: "fieldManager=f", headers: headersOf("application/apply-patch+yaml", ""), body }) : target.ask({ method: "POST", path: `${NAMESPACE}/configmaps`, headers: headersOf("application/yaml", ""), body }))),
    made("patches", fc.tuple(wrongObject, fc.constantFrom("application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"), query), ([{ path, object }, type, asked], target) => void target.ask({ method: "PATCH", path: `${path}/a`, query: `fieldManager=f&${asked}`, headers: headersOf(type, ""), body: JSON.stringify(object) ?? "" })),
    made("json patches", fc.tuple(fc.nat(9), fc.array(fc.record({ op: fc.constantFrom("add", "remove", "replace", "move", "copy", "test", "x"), path: fc.constantFrom("", "/", "/metadata", "/metadata/labels/x", "/spec/template/spec/containers/0", "/spec/template/spec/containers/-", "/spec/ports/0/port", "/a~1b/~0", "/data/a"), from: fc.constantFrom("", "/metadata", "/spec", "/data"), value: strange }), { maxLength: 5 })), ([index, ops], target) => void target.ask({ method: "PATCH", path: `${OBJECTS[index]?.path ?? ""}/a`, headers: headersOf("application/json-patch+json", ""), body: JSON.stringify(ops) })),
    made("paths, queries and selectors", fc.tuple(place, method, query, accept), ([path, verb, asked, accepts], target) => void target.ask({ method: verb, path, query: asked, headers: headersOf("application/json", accepts) })),
    made("identities", fc.tuple(place, word, word, fc.string({ maxLength: 60 })), ([path, user, group, token], target) => {
      target.ask({ method: "GET", path, headers: { "impersonate-user": user, "impersonate-group": group, "impersonate-extra-x%": token } });
      target.ask({ method: "POST", path: "/apis/authentication.k8s.io/v1/tokenreviews", body: JSON.stringify({ spec: { token: `${token}.${user}.${group}` } }) });
    }),
    made("protobuf", fc.tuple(protobuf, fc.nat(5), fc.boolean()), ([body, index, put], target) => void target.ask({ method: put ? "PUT" : "POST", path: `${OBJECTS[index]?.path ?? ""}${put ? "/a" : ""}`, headers: headersOf("application/vnd.kubernetes.protobuf", ""), body })),
    made("spdy frames", fc.array(fc.oneof(frame, bytes.map((some) => Buffer.from(some))), { maxLength: 12 }), (frames) => {
      let over = false;
      const connection = spdyConnection(() => undefined, { opened: (stream) => connection.reply(stream), data: () => undefined, reset: () => undefined, broken: () => (over = true) });
      for (const one of frames) if (!over) connection.receive(one);
      connection.close();
    }),
    made("forwarded http", fc.oneof(bytes.map((some) => Buffer.from(some)), mangled(fc.constantFrom("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n")).map((text) => Buffer.from(text))), (some) => {
      for (let left: Buffer = some, rounds = 0; rounds < 100; rounds += 1) {
        const read = readRequest(left);
        if (read === undefined || "error" in read || read.used === 0) break;
        left = left.subarray(read.used);
      }
    }),
    made("archives", fc.tuple(bytes, fc.nat(511), fc.string({ maxLength: 12 })), ([some, at, size]) => {
      const block = Buffer.alloc(1536);
      Buffer.from(some).copy(block, at);
      block.write(size, 124, 12);
      runTar(disk(), { verb: "extract", folder: "/tmp", paths: [] }, block);
    }),
  ];
}
