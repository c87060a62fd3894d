import { describe, expect, it } from "vitest";
import { DEPLOYMENT, type JsonObject, type Pod } from "@/lib/engine";
import { openWorkbench, type Workbench } from "@/lib/workbench";
import { deletePods, typed } from "../act";
import type { Finding } from "../exercise";
import { readyPods, settle } from "../observe";
import { apiAnswers, refusals } from "./api-says";
import { keepsRows } from "./keeps-rows";
import { podsReady } from "./pods-ready";
import { reaches } from "./reaches";
import { sharesUploads } from "./shares-uploads";
import { survives } from "./survives";
import { untouched } from "./untouched";

const codeOf = (finding: Finding): string => (finding.passed ? "passed" : finding.code);

const labels = { app: "web" };
const nginx = { name: "nginx", image: "nginx:1.29" };
const web = (replicas: number): JsonObject => ({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "default" }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [nginx] } } } });
const door: JsonObject = { apiVersion: "v1", kind: "Service", metadata: { name: "web", namespace: "default" }, spec: { type: "NodePort", selector: labels, ports: [{ port: 80, nodePort: 30080 }] } };
const bare: JsonObject = { apiVersion: "v1", kind: "Pod", metadata: { name: "suelto", namespace: "default", labels }, spec: { containers: [nginx] } };
const open = (...objects: readonly JsonObject[]): Workbench => openWorkbench({ fixture: "wp-galera", seed: 1, objects });

describe("podsReady", () => {
  it("accepts as many as asked for", () => {
    expect(codeOf(podsReady(open(web(3)).cluster, { selector: "app=web", count: 3 }))).toBe("passed");
  });

  it("tells none, too many and not ready apart", () => {
    expect(codeOf(podsReady(open().cluster, { selector: "app=web", count: 3 }))).toBe("pods.none");
    expect(codeOf(podsReady(open(web(4)).cluster, { selector: "app=web", count: 3 }))).toBe("pods.wrong-count");
    const broken = { ...bare, spec: { containers: [{ name: "x", image: "no-existe:1" }] } };
    expect(codeOf(podsReady(open(broken).cluster, { selector: "app=web", count: 1 }))).toBe("pods.not-ready");
  });
});

describe("survives", () => {
  it("accepts pods that somebody replaces", () => {
    expect(codeOf(survives(open(web(3)).cluster, { selector: "app=web", lose: 2, within: 60_000 }))).toBe("passed");
  });

  it("refuses a pod nobody replaces", () => {
    expect(codeOf(survives(open(bare).cluster, { selector: "app=web", lose: 1, within: 60_000 }))).toBe("pods.not-replaced");
  });
});

describe("reaches", () => {
  const url = "http://192.168.1.11:30080/";

  it("accepts a door that answers every time", () => {
    expect(codeOf(reaches(open(web(2), door).cluster, { from: "laptop", url, times: 5 }))).toBe("passed");
  });

  it("tells closed, silent, unknown and unwell apart", () => {
    expect(codeOf(reaches(open(web(2)).cluster, { from: "laptop", url }))).toBe("reach.refused");
    expect(codeOf(reaches(open(web(2), door).cluster, { from: "laptop", url: "http://192.168.1.99/" }))).toBe("reach.timed-out");
    expect(codeOf(reaches(open().cluster, { from: "laptop", url: "http://nadie.prod.es/" }))).toBe("reach.no-such-host");
    expect(codeOf(reaches(open(web(2), door).cluster, { from: "laptop", url: `${url}no-hay` }))).toBe("reach.bad-answer");
  });
});

const password = { name: "MARIADB_ROOT_PASSWORD", value: "secreta" };
const server = { name: "m", image: "mariadb:11", env: [password], volumeMounts: [{ name: "datos", mountPath: "/var/lib/mysql" }] };
const disks = [{ metadata: { name: "datos" }, spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } }];
function database(kept: boolean): readonly JsonObject[] {
  const labels = { app: "bd" };
  const volumes = kept ? {} : { volumes: [{ name: "datos", emptyDir: {} }] };
  const spec = { serviceName: "bd", selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [server], ...volumes } }, ...(kept ? { volumeClaimTemplates: disks } : {}) };
  return [
    { apiVersion: "v1", kind: "Service", metadata: { name: "bd", namespace: "default" }, spec: { selector: labels, ports: [{ port: 3306 }] } },
    { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "bd", namespace: "default" }, spec },
  ];
}

describe("keepsRows", () => {
  const judged = (kept: boolean): Finding => {
    const { cluster } = open(...database(kept));
    const [pod] = readyPods(cluster, "app=bd");
    return keepsRows(cluster, pod as Pod, "marca-1", { user: "root", password: "secreta" });
  };

  it("accepts a server that comes back to its disk", () => {
    expect(codeOf(judged(true))).toBe("passed");
  });

  it("refuses one whose data left with its pod, and one that takes no row", () => {
    expect(codeOf(judged(false))).toBe("rows.lost");
    const { cluster } = open(bare);
    expect(codeOf(keepsRows(cluster, readyPods(cluster, "app=web")[0] as Pod, "x", { user: "root", password: "x" }))).toBe("rows.refused");
  });
});

describe("sharesUploads", () => {
  const wordpress = (shared: boolean): readonly JsonObject[] => {
    const labels = { app: "wp" };
    const volume = shared ? { persistentVolumeClaim: { claimName: "subidas" } } : { emptyDir: {} };
    const container = { name: "wp", image: "wordpress:6", env: [{ name: "WORDPRESS_DB_HOST", value: "bd" }, { name: "WORDPRESS_DB_PASSWORD", value: "secreta" }], volumeMounts: [{ name: "subidas", mountPath: "/var/www/html/wp-content/uploads" }] };
    return [
      ...database(true),
      { apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: { name: "subidas", namespace: "default" }, spec: { accessModes: ["ReadWriteMany"], storageClassName: "compartido", resources: { requests: { storage: "1Gi" } } } },
      { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "wp", namespace: "default" }, spec: { replicas: 3, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container], volumes: [{ name: "subidas", ...volume }] } } } },
    ];
  };
  const judged = (shared: boolean): Finding => {
    const { cluster } = open(...wordpress(shared));
    return sharesUploads(cluster, readyPods(cluster, "app=wp"), "prueba.pdf", "contenido");
  };

  it("accepts one folder for all", () => {
    expect(codeOf(judged(true))).toBe("passed");
  });

  it("refuses a folder for each pod, and shows the pod that lacks the file", () => {
    const finding = judged(false);
    expect(codeOf(finding)).toBe("uploads.not-shared");
    const evidence = finding.passed ? [] : finding.evidence;
    expect(evidence.find((item) => item.type === "packet")).toMatchObject({ trace: { response: { status: 404 } } });
    expect(evidence.filter((item) => item.type === "file").map((item) => item.content)).toEqual(["contenido", null]);
  });
});

describe("untouched", () => {
  it("accepts what is as it was, and refuses what was changed or deleted", () => {
    const before = open(web(2));
    const after = before.fork();
    deletePods(after.cluster, readyPods(after.cluster, "app=web"));
    settle(after.cluster, 60_000);
    expect(codeOf(untouched(before.cluster, after.cluster, { kinds: [DEPLOYMENT] }))).toBe("passed");
    typed(after, "kubectl scale deployment web --replicas=1");
    expect(codeOf(untouched(before.cluster, after.cluster, { kinds: [DEPLOYMENT] }))).toBe("foreign.changed");
    typed(after, "kubectl delete deployment web");
    expect(codeOf(untouched(before.cluster, after.cluster, { kinds: [DEPLOYMENT] }))).toBe("foreign.deleted");
  });
});

describe("apiAnswers", () => {
  it("gives the API's refusal of a file as evidence", () => {
    const files = { "bien.yaml": JSON.stringify(web(1)), "mal.yaml": JSON.stringify({ ...web(1), spec: { ...(web(1)["spec"] as JsonObject), replicas: -1 } }) };
    const bench = openWorkbench({ fixture: "empty", seed: 1, files });
    expect(apiAnswers(bench).map(({ path, exitCode }) => [path, exitCode])).toEqual([["bien.yaml", 0], ["mal.yaml", 1]]);
    expect(refusals(bench)).toMatchObject([{ type: "api", message: expect.stringContaining("Invalid value: -1") as string }]);
  });
});
