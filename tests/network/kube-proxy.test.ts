import { describe, expect, it } from "vitest";
import { millis, SERVICE, type Cluster, type Service } from "@/lib/engine";
import { sniff, tcpdumpText } from "@/lib/engine/network/sniffer";
import { apply, ask, codes, pod, service, smallCluster } from "./cluster";

const both = pod("cliente", ", nodeName: node-1") + pod("web-1", ", nodeName: node-1").replace("app: web-1", "app: web") + pod("web-2", ", nodeName: node-2").replace("app: web-2", "app: web");
const clusterIP = (cluster: Cluster): string => cluster.as("kubernetes-admin").get<Service>(SERVICE, { namespace: "default", name: "web" })?.spec.clusterIP ?? "";

describe("kube-proxy", () => {
  it("prints with iptables-save what the kernel holds, and lists a chain", () => {
    const cluster = smallCluster({}, both + service("web", ", type: NodePort, sessionAffinity: ClientIP", "{port: 80, nodePort: 30080}"));
    const saved = cluster.netfilter("node-1", ["iptables-save", "-t", "nat"]).stdout;
    expect(saved).toMatch(new RegExp(`-A KUBE-SERVICES -d ${clusterIP(cluster)}/32 -p tcp -m comment --comment "default/web cluster IP" -m tcp --dport 80 -j KUBE-SVC-\\w{16}`));
    expect(saved).toMatch(/--probability 0\.50000000000 -j KUBE-SEP-/);
    expect(saved).toMatch(/-m recent --rcheck --seconds 10800 --reap --name KUBE-SEP-\w+ --mask 255\.255\.255\.255 --rsource/);
    expect(cluster.netfilter("node-1", ["iptables", "-t", "nat", "-nL", "KUBE-NODEPORTS"]).stdout).toMatch(/^Chain KUBE-NODEPORTS \(1 references\)\ntarget     prot opt source               destination         \nKUBE-EXT-\w+ {2}tcp {2}-- {2}0\.0\.0\.0\/0 +127\.0\.0\.0\/8/);
    expect(cluster.netfilter("node-1", ["iptables", "-L", "NADA"]).stderr).toBe("iptables: No chain/target/match by that name.\n");
    expect(cluster.netfilter("node-1", ["nft", "list", "ruleset"]).stdout).toBe("");
  });

  it("keeps to near endpoints when the Service prefers them, and takes the others when there are none", () => {
    const cluster = smallCluster({}, both + service("web", ", trafficDistribution: PreferSameNode"));
    for (let i = 0; i < 6; i += 1) expect(ask(cluster, "pod:cliente", "http://web/").servedBy?.name).toBe("web-1");
    cluster.as("kubernetes-admin").delete({ kind: "v1/Pod" as never, namespace: "default", name: "web-1" });
    cluster.advance(millis(60_000));
    expect(ask(cluster, "pod:cliente", "http://web/").servedBy?.name).toBe("web-2");
  });

  it("drops at once what internalTrafficPolicy Local has nobody for", () => {
    const cluster = smallCluster({}, pod("cliente", ", nodeName: node-1") + pod("web", ", nodeName: node-2") + service("web", ", internalTrafficPolicy: Local"));
    expect(codes(ask(cluster, "pod:cliente", "http://web/")).at(-1)).toBe("service.internal-local");
    expect(cluster.netfilter("node-1", ["iptables", "-S", "KUBE-SERVICES"]).stdout).toContain('"default/web has no local endpoints"');
  });

  it("admits only the clients of loadBalancerSourceRanges", () => {
    const cluster = smallCluster({}, both + service("web", ", type: LoadBalancer, loadBalancerSourceRanges: [10.9.0.0/16]"));
    const admin = cluster.as("kubernetes-admin");
    const web = admin.get(SERVICE, { namespace: "default", name: "web" });
    admin.updateStatus({ ...web, status: { loadBalancer: { ingress: [{ ip: "192.168.1.240" }] } } } as never);
    cluster.settle();
    expect(codes(ask(cluster, "pod:cliente", "http://192.168.1.240/")).at(-1)).toBe("service.source-refused");
  });

  it("rejects unknown ports and takes turns in the other modes", () => {
    const nft = smallCluster({ proxyMode: "nftables" }, both + service("web"));
    expect(ask(nft, "pod:cliente", "http://web:81/").outcome).toBe("refused");
    expect(nft.netfilter("node-1", ["nft", "list", "ruleset"]).stdout).toMatch(/map service-ips \{\n\t\ttype ipv4_addr \. inet_proto \. inet_service : verdict/);
    const ipvs = smallCluster({ proxyMode: "ipvs" }, both + service("web"));
    const served = [1, 2, 3, 4].map(() => ask(ipvs, "pod:cliente", "http://web/").servedBy?.name);
    expect(new Set(served.slice(0, 2)).size).toBe(2);
    expect(served.slice(2)).toEqual(served.slice(0, 2));
    expect(ipvs.netfilter("node-2", ["ipvsadm", "-Ln"]).stdout).toContain(`TCP  ${clusterIP(ipvs)}:80 rr\n  -> 10.244.`);
  });

  it("meets a wire that is cut, slow or lossy", () => {
    const cluster = smallCluster({}, pod("cliente", ", nodeName: node-1") + pod("web", ", nodeName: node-2") + service("web"));
    cluster.world.setLink("node-1", "node-2", { latency: 200 });
    expect(ask(cluster, "pod:cliente", "http://web/").latency).toBeGreaterThanOrEqual(400);
    cluster.world.partition(["node-1"], ["node-2"]);
    const cut = ask(cluster, "pod:cliente", "http://web/");
    expect([cut.outcome, codes(cut).at(-1)]).toEqual(["timed-out", "link.partitioned"]);
    cluster.world.heal();
    cluster.world.setLink("node-1", "node-2", { loss: 60 });
    const latencies = Array.from({ length: 20 }, () => ask(cluster, "pod:cliente", "http://web/").latency);
    expect(latencies.some((latency) => latency >= 1000)).toBe(true);
    apply(cluster, pod("otro"));
  });
});

describe("a sniffer", () => {
  it("sees the packet before and after the machine rewrites it, and the answer the other way round", () => {
    const cluster = smallCluster({}, both + service("web"));
    const trace = ask(cluster, "pod:cliente", "http://web/");
    const seen = tcpdumpText(sniff(trace, "node-1")).trim().split("\n");
    expect(seen[0]).toMatch(new RegExp(`^IP 10\\.244\\.0\\.\\d+\\.\\d+ > ${clusterIP(cluster).replaceAll(".", "\\.")}\\.80: Flags \\[S\\]$`));
    expect(seen.at(-1)).toMatch(new RegExp(`^IP ${clusterIP(cluster).replaceAll(".", "\\.")}\\.80 > .*Flags \\[S\\.\\]$`));
    expect(sniff(trace, "laptop")).toEqual([]);
  });
});
