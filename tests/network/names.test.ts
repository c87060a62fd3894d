import { beforeAll, describe, expect, it } from "vitest";
import { recordText, type Cluster } from "@/lib/engine";
import { origin } from "@/lib/workbench";
import { apply, pod, service, smallCluster } from "./cluster";

const COREFILE = (body: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  Corefile: |
    .:53 {
        errors
${body.split("\n").map((line) => `        ${line}`).join("\n")}
        kubernetes cluster.local in-addr.arpa ip6.arpa {
           pods insecure
           fallthrough in-addr.arpa ip6.arpa
           ttl 30
        }
        forward . /etc/resolv.conf
        cache 30
        loadbalance
    }
`;

describe("DNS in a cluster", () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = smallCluster({}, pod("cliente") + pod("musl", "", "nginx:1.29-alpine") + pod("db-0", ", hostname: db-0, subdomain: db").replace("labels: {app: db-0}", "labels: {app: db}") + service("db", ", clusterIP: None") + service("web") + `
apiVersion: v1
kind: Pod
metadata: {name: propio}
spec:
  dnsPolicy: None
  dnsConfig: {nameservers: [192.168.1.3], searches: [empresa.es], options: [{name: ndots, value: "1"}]}
  hostAliases: [{ip: 10.9.9.9, hostnames: [viejo]}]
  containers: [{name: c, image: "traefik/whoami:v1.11"}]
`);
  });
  const from = (name: string) => origin(`pod:${name}`);
  const dig = (name: string, type: string): readonly string[] => cluster.query(from("cliente"), name, type)?.answer.map(recordText) ?? [];

  it("asks every search domain first, as ndots:5 has it", () => {
    const answer = cluster.resolve(from("cliente"), "db.empresa.es");
    expect(answer.queries.map(({ name, code }) => `${name} ${code}`)).toEqual(["db.empresa.es.default.svc.cluster.local NXDOMAIN", "db.empresa.es.svc.cluster.local NXDOMAIN", "db.empresa.es.cluster.local NXDOMAIN", "db.empresa.es NOERROR"]);
    expect(cluster.resolve(from("cliente"), "db.empresa.es.").queries).toHaveLength(1);
  });

  it("answers pods' own names, services, ports and addresses", () => {
    const ip = cluster.resolve(from("cliente"), "db-0.db").addresses[0] ?? "";
    expect(dig("db-0.db.default.svc.cluster.local", "A")).toEqual([`db-0.db.default.svc.cluster.local. 30 IN A ${ip}`]);
    expect(dig("db.default.svc.cluster.local", "SRV")).toEqual(["db.default.svc.cluster.local. 30 IN SRV 0 100 80 db-0.db.default.svc.cluster.local."]);
    expect(dig(`${ip.split(".").reverse().join(".")}.in-addr.arpa`, "PTR")[0]).toContain("IN PTR db-0.db.default.svc.cluster.local.");
    expect(cluster.query(from("cliente"), "web.default.svc.cluster.local", "AAAA")?.code).toBe("NOERROR");
    expect(cluster.query(from("cliente"), "nadie.default.svc.cluster.local", "A")?.code).toBe("NXDOMAIN");
  });

  it("heeds dnsPolicy, dnsConfig and hostAliases", () => {
    expect(cluster.resolve(from("propio"), "db").addresses).toEqual(["192.168.1.50"]);
    expect(cluster.resolve(from("propio"), "viejo").addresses).toEqual(["10.9.9.9"]);
    expect(cluster.resolve(from("propio"), "web.default.svc.cluster.local").addresses).toEqual([]);
  });

  it("says that a circle of aliases is the server's failure", () => {
    const answer = cluster.resolve(from("cliente"), "a.empresa.es.");
    expect([answer.queries.at(-1)?.code, answer.because.code]).toEqual(["SERVFAIL", "dns.server-failed"]);
  });

  it("does what the Corefile says: rewrites, hosts, stub domains; a broken one changes nothing", () => {
    const fork = cluster.fork();
    apply(fork, COREFILE("rewrite name tienda.local web.default.svc.cluster.local\nhosts {\n   10.1.2.3 impresora.local\n   fallthrough\n}\nforward otra.es 10.255.0.1"));
    const web = fork.resolve(from("cliente"), "web").addresses;
    expect(fork.resolve(from("cliente"), "tienda.local.").addresses).toEqual(web);
    expect(fork.resolve(from("cliente"), "impresora.local.").addresses).toEqual(["10.1.2.3"]);
    expect(fork.resolve(from("cliente"), "x.otra.es.").because.code).toBe("dns.server-failed");
    const map = { kind: "v1/ConfigMap" as Parameters<ReturnType<Cluster["as"]>["patch"]>[0]["kind"], namespace: "kube-system", name: "coredns" };
    fork.as("kubernetes-admin").patch(map, { type: "merge", body: { data: { Corefile: ".:53 {\n  fowrard . 1.1.1.1\n}\n" } } });
    expect(fork.resolve(from("cliente"), "tienda.local.").addresses).toEqual(web);
  });
});
