import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ruleText, type PacketTrace } from "@/lib/engine";
import { openWorkbench, origin, prod4Workloads, requestTo } from "@/lib/workbench";

/** The class's drawing: file 000 of the notes, "Redes en Kubernetes". */
const drawing = openWorkbench({ fixture: "prod-4", seed: 1, objects: prod4Workloads() });
const { cluster } = drawing;
const machines = ["maquina-1", "maquina-2", "maquina-3", "maquina-4"];

function golden(name: string, text: string): void {
  const file = new URL(`./${name}.txt`, import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, "utf8"));
}

function tripText(trace: PacketTrace): string {
  const end = (endpoint: { readonly ip: string; readonly port: number }): string => `${endpoint.ip}:${endpoint.port}`;
  const hops = trace.hops.map((hop) => `${hop.stage.padEnd(12)} ${hop.at.padEnd(26)} ${hop.verdict.padEnd(8)} ${`${end(hop.after.source)} > ${end(hop.after.destination)}`.padEnd(46)} ${hop.because.code}`.trimEnd());
  return [`${trace.asked}`, ...hops, `${trace.outcome} by ${trace.servedBy?.name ?? "nobody"} in ${trace.latency} ms`, ""].join("\n");
}

describe("the drawing of the notes", () => {
  it("has the machines' two addresses", () => {
    expect(cluster.addresses.map(({ ip, internalIP }) => [ip, internalIP])).toEqual([1, 2, 3, 4].map((n) => [`192.168.1.10${n}`, `10.0.2.${n}`]));
  });

  it("has the same netfilter rules on each of the four machines", () => {
    const tables = machines.map((machine) => cluster.rules(machine).filter((rule) => rule.service !== "default/kubernetes").map(ruleText));
    for (const [i, table] of tables.entries()) {
      expect(table).toEqual([
        "10.0.4.1:3306 -> 10.0.3.3:3306 | 10.0.3.4:3306",
        "10.0.4.2:80 -> 10.0.3.1:80 | 10.0.3.2:80",
        "10.0.4.3:80 -> 10.0.3.5:80",
        "10.0.4.4:80 -> 10.0.3.17:80",
        `192.168.1.10${i + 1}:30080 -> 10.0.3.5:80`,
      ]);
    }
  });

  it("takes the four steps of app1.prod.es: balancer, machine, ingress controller, Apache", () => {
    const trace = cluster.fork().send(origin("cliente"), requestTo("http://app1.prod.es/"));
    const steps = trace.hops.map((hop) => hop.stage);
    expect(trace.outcome).toBe("delivered");
    expect(steps.filter((stage) => ["balancer", "service-nat", "gateway"].includes(stage))).toEqual(["balancer", "service-nat", "gateway"]);
    expect(["apache-app1-1", "apache-app1-2"]).toContain(trace.servedBy?.name);
    golden("app1-trip", tripText(trace));
  });

  it("sends app2.prod.es to its one Apache", () => {
    const trace = cluster.fork().send(origin("cliente"), requestTo("http://app2.prod.es/"));
    expect(trace.servedBy?.name).toBe("apache-app2-1");
  });

  it("takes Apache to the database by name: DNS, the machine's own rules, a pod of maquina-2", () => {
    const trace = cluster.fork().send(origin("pod:apache-app1-1"), requestTo("mysql://basedatos"));
    const nat = trace.hops.find((hop) => hop.stage === "service-nat");
    expect(nat?.at).toBe("maquina-1");
    expect(nat?.before.destination).toEqual({ ip: "10.0.4.1", port: 3306 });
    expect(["10.0.3.3", "10.0.3.4"]).toContain(nat?.after.destination.ip);
    // Inside the cluster the source is not rewritten.
    expect(nat?.after.source.ip).toBe("10.0.3.1");
    golden("database-trip", tripText(trace));
  });

  it("shares connections about evenly, and one kept-alive connection not at all", () => {
    const fork = cluster.fork();
    const served = (connection?: string): string => fork.send(origin("pod:apache-app2-1"), requestTo("http://apacheapp1/", connection === undefined ? {} : { connection })).servedBy?.name ?? "";
    const first = Array.from({ length: 1000 }, () => served()).filter((name) => name === "apache-app1-1").length;
    expect(first).toBeGreaterThan(440);
    expect(first).toBeLessThan(560);
    expect(new Set(Array.from({ length: 200 }, () => served("una")))).toHaveProperty("size", 1);
  });

  it("keeps the three address spaces apart: nobody outside reaches a pod or a Service", () => {
    for (const url of ["http://10.0.3.1/", "http://10.0.4.2/"]) {
      const trace = cluster.fork().send(origin("cliente"), requestTo(url));
      expect(trace.outcome).toBe("timed-out");
      expect(trace.hops.at(-1)?.because.code).toBe("link.no-route");
    }
  });

  it("goes on by the other machines when one is off and the balancer asks for health", () => {
    const fork = cluster.fork();
    fork.machines.powerOff("maquina-2");
    const results = (): readonly string[] => [1, 2, 3, 4].map(() => fork.send(origin("cliente"), requestTo("http://app2.prod.es/")).outcome);
    expect(results()).toContain("timed-out");
    fork.world.setBalancer({ host: "balanceador", port: 80, backends: machines.map((_, i) => ({ ip: `192.168.1.10${i + 1}`, port: 30080 })), healthCheck: { port: 30080 } });
    expect(results()).toEqual(["delivered", "delivered", "delivered", "delivered"]);
  });
});
