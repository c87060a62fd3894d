import { beforeAll, describe, expect, it } from "vitest";
import { millis, type Cluster, type JsonObject, type PacketTrace, type Pod, POD, type Service, SERVICE } from "@/lib/engine";
import { parseManifests } from "@/lib/manifest";
import { openWorkbench, origin, requestTo } from "@/lib/workbench";

const objects = (yaml: string): readonly JsonObject[] => parseManifests(yaml).documents.map((document): JsonObject => document.value);

const web = (replicas: number, node?: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      ${node === undefined ? "" : `nodeSelector: {kubernetes.io/hostname: ${node}}`}
      containers: [{name: whoami, image: "traefik/whoami:v1.11", ports: [{name: http, containerPort: 80}]}]
---
`;

function open(fixture: "prod-4" | "three-nodes", yaml: string): Cluster {
  return openWorkbench({ fixture, seed: 3, objects: objects(yaml) }).cluster;
}

const ask = (cluster: Cluster, from: string, url: string, more = {}): PacketTrace => cluster.send(origin(from), requestTo(url, more));
const lastCode = (trace: PacketTrace): string | undefined => trace.hops.at(-1)?.because.code;
const apply = (cluster: Cluster, yaml: string): void => {
  for (const object of objects(yaml)) cluster.as("kubernetes-admin").create(object);
  cluster.settle();
};

describe("Services", () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = open("three-nodes", `${web(2)}
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 8080, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: typo}
spec: {selector: {app: wbe}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: headless}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: outside}
spec: {type: ExternalName, externalName: db.empresa.es}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: c, image: "busybox:1.37", command: [sleep, infinity]}]}
`);
  });

  it("rewrites the Service's port to the container's named port", () => {
    expect(ask(cluster, "pod:client", "http://web:8080/").response?.status).toBe(200);
  });
  it("answers nobody on a port the Service does not have", () => {
    expect(lastCode(ask(cluster, "pod:client", "http://web:80/"))).toBe("service.no-such-port");
  });
  it("refuses at once when its selector matches nothing, though the name resolves", () => {
    const trace = ask(cluster, "pod:client", "http://typo/");
    expect([trace.outcome, lastCode(trace)]).toEqual(["refused", "service.no-endpoints"]);
    expect(cluster.resolve(origin("pod:client"), "typo").addresses).toHaveLength(1);
  });
  it("resolves short names through the pod's namespace, and long ones from any", () => {
    expect(cluster.resolve(origin("pod:client"), "web").resolved).toBe("web.default.svc.cluster.local");
    expect(cluster.resolve(origin("pod:client"), "web.default.svc.cluster.local").addresses).toEqual(cluster.resolve(origin("pod:client"), "web").addresses);
    expect(cluster.resolve(origin("pod:client"), "nadie").because.code).toBe("dns.no-such-name");
    expect(cluster.resolve(origin("laptop"), "web").addresses).toEqual([]);
  });
  it("gives every pod of a headless Service, and a name elsewhere for ExternalName", () => {
    expect(cluster.resolve(origin("pod:client"), "headless").addresses).toHaveLength(2);
    expect(cluster.resolve(origin("pod:client"), "outside").cname).toBe("db.empresa.es");
  });
  it("times out on the address of a pod that is gone, and refuses where nobody listens", () => {
    const fork = cluster.fork();
    const pod = fork.as("kubernetes-admin").list<Pod>(POD, { labelSelector: "app=web" })[0];
    const ip = pod?.status?.podIP ?? "";
    expect(ask(fork, "pod:client", `http://${ip}:81/`).outcome).toBe("refused");
    fork.as("kubernetes-admin").delete({ kind: POD, namespace: "default", name: pod?.metadata.name ?? "" });
    fork.advance(millis(60_000));
    expect(ask(fork, "pod:client", `http://${ip}/`).outcome).toBe("timed-out");
  });
});

describe("ways in from outside", () => {
  it("opens a node port on every machine, and hides the client behind the machine it came by", () => {
    const cluster = open("prod-4", `${web(1, "maquina-2")}
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, selector: {app: web}, ports: [{port: 80, nodePort: 30090}]}
`);
    for (const n of [1, 2, 3, 4]) {
      const trace = ask(cluster, "cliente", `http://192.168.1.10${n}:30090/`);
      expect(trace.response?.body).toContain(`RemoteAddr: 192.168.1.10${n}:`);
    }
    cluster.as("kubernetes-admin").patch({ kind: SERVICE, namespace: "default", name: "web" }, { type: "merge", body: { spec: { externalTrafficPolicy: "Local" } } });
    cluster.settle();
    expect(ask(cluster, "cliente", "http://192.168.1.102:30090/").response?.body).toContain("RemoteAddr: 192.168.2.200:");
    const elsewhere = ask(cluster, "cliente", "http://192.168.1.101:30090/");
    expect([elsewhere.outcome, lastCode(elsewhere)]).toEqual(["timed-out", "service.local-without-endpoints"]);
  });

  it("leaves a LoadBalancer pending without a balancer, and MetalLB gives it an address that moves with its machine", () => {
    const cluster = open("prod-4", `${web(2)}
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}
`);
    const service = (): Service => cluster.as("kubernetes-admin").get<Service>(SERVICE, { namespace: "default", name: "web" }) as Service;
    expect(service().status?.loadBalancer?.ingress ?? []).toEqual([]);
    apply(cluster, METALLB);
    expect(service().status?.loadBalancer?.ingress?.[0]?.ip).toBe("192.168.1.240");
    // Assigned, but nobody announces it yet.
    expect(lastCode(ask(cluster, "cliente", "http://192.168.1.240/"))).toBe("link.no-arp-answer");
    apply(cluster, "apiVersion: metallb.io/v1beta1\nkind: L2Advertisement\nmetadata: {name: todo, namespace: metallb-system}\n");
    const first = ask(cluster, "cliente", "http://192.168.1.240/");
    expect(first.outcome).toBe("delivered");
    const machine = first.hops.find((hop) => hop.stage === "service-nat")?.at ?? "";
    cluster.machines.powerOff(machine);
    cluster.advance(millis(60_000));
    const then = ask(cluster, "cliente", "http://192.168.1.240/");
    expect(then.hops.find((hop) => hop.stage === "service-nat")?.at).not.toBe(machine);
  });

  it("routes by host and longest path, with 404 and 503 where there is nobody", () => {
    const cluster = open("prod-4", `${web(1)}
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Pod
metadata: {name: proxy, labels: {app: proxy}}
spec: {containers: [{name: c, image: "registry.k8s.io/ingress-nginx/controller:v1.13.3"}]}
---
apiVersion: v1
kind: Service
metadata: {name: proxy}
spec: {type: NodePort, selector: {app: proxy}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: nobody}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: routes}
spec:
  ingressClassName: nginx
  rules:
    - host: app1.prod.es
      http:
        paths:
          - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
          - {path: /vacio, pathType: Prefix, backend: {service: {name: nobody, port: {number: 80}}}}
`);
    const through = (path: string, host = "app1.prod.es"): number | undefined => ask(cluster, "cliente", `http://192.168.1.2${path}`, { hostHeader: host }).response?.status;
    expect([through("/"), through("/cualquiera"), through("/vacio/x"), through("/vaciox"), through("/", "otra.prod.es")]).toEqual([200, 200, 503, 200, 404]);
    expect(ask(cluster, "cliente", "http://app1.prod.es/").response?.body).toContain("X-Forwarded-For: ");
  });

  it("keeps a client on its pod with ClientIP affinity", () => {
    const cluster = open("three-nodes", `${web(3)}
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: NodePort, sessionAffinity: ClientIP, selector: {app: web}, ports: [{port: 80, nodePort: 30080}]}
`);
    const served = new Set(Array.from({ length: 20 }, () => ask(cluster, "laptop", "http://192.168.1.11:30080/").servedBy?.name));
    expect(served.size).toBe(1);
  });
});

const METALLB = `
apiVersion: v1
kind: Namespace
metadata: {name: metallb-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: controller, namespace: metallb-system}
spec:
  selector: {matchLabels: {app: metallb, component: controller}}
  template:
    metadata: {labels: {app: metallb, component: controller}}
    spec: {containers: [{name: controller, image: "quay.io/metallb/controller:v0.15.2"}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: speaker, namespace: metallb-system}
spec:
  selector: {matchLabels: {app: metallb, component: speaker}}
  template:
    metadata: {labels: {app: metallb, component: speaker}}
    spec: {hostNetwork: true, containers: [{name: speaker, image: "quay.io/metallb/speaker:v0.15.2"}]}
---
apiVersion: metallb.io/v1beta1
kind: IPAddressPool
metadata: {name: oficina, namespace: metallb-system}
spec: {addresses: [192.168.1.240-192.168.1.250]}
`;
