import { SERVICE, type JsonObject, type PacketTrace, type Service } from "@/lib/engine";
import { answered, ask, defineExercise, eventEvidence, eventsAbout, isAnswered, objectEvidence, objectNamed, packetEvidence, play, readyPods, type Decision, type Evidence, type Probe } from "@/lib/grader";

const PORTS = [30090, 31090, 32090];
const NAME = "publica";

const service = (port: number): JsonObject => ({ apiVersion: "v1", kind: "Service", metadata: { name: NAME, namespace: "default" }, spec: { type: "LoadBalancer", selector: { app: "puerta" }, ports: [{ port: 80, nodePort: port }] } });

const serviceOf = (lab: Probe["workbench"]): Service | undefined => objectNamed<Service>(lab.cluster, SERVICE, NAME);
const outside = (lab: Probe["workbench"]): string | undefined => serviceOf(lab)?.status?.loadBalancer?.ingress?.[0]?.ip;

/** Tries each statement: without anybody to serve it, and then with MetalLB. */
function tried(lab: Probe["workbench"]): { readonly truths: readonly string[]; readonly evidence: readonly Evidence[] } {
  play(lab, [{ advance: "10m" }]);
  const stored = serviceOf(lab);
  const pod = readyPods(lab.cluster, "app=puerta")[0];
  const inner: PacketTrace = ask(lab.cluster, `pod:${pod?.metadata.name ?? ""}`, `http://${stored?.spec.clusterIP ?? ""}/`);
  const node: PacketTrace = ask(lab.cluster, "cliente", `http://192.168.1.101:${stored?.spec.ports?.[0]?.nodePort ?? 0}/`);
  const had = outside(lab);
  play(lab, ["kubectl apply -f metallb.yaml", { advance: "30s" }]);
  const later = serviceOf(lab);
  const truths = [
    ...(had === undefined ? ["pending"] : []),
    ...(isAnswered(inner) ? ["cluster-ip"] : []),
    ...(isAnswered(node) ? ["node-port"] : []),
    ...(outside(lab) !== undefined && later?.metadata.uid === stored?.metadata.uid ? ["later"] : []),
  ];
  return { truths, evidence: [...(stored ? [objectEvidence(stored, "status")] : []), packetEvidence(node), packetEvidence(inner), ...(later ? [objectEvidence(later, "status")] : [])] };
}

const go = { es: "Pruébalo: `kubectl get service publica`, y llama a http://192.168.1.101 con su nodePort.", en: "Try it: `kubectl get service publica`, and call http://192.168.1.101 with its nodePort." };

export default defineExercise({
  id: "l28-e2",
  lesson: "L28",
  kind: "predict",
  difficulty: 2,
  title: { es: "Una petición que nadie atiende", en: "A request nobody answers" },
  params: (seed) => ({ port: PORTS[Math.abs(seed - 1) % PORTS.length] ?? 30090 }),
  setup: (params) => ({ fixture: "prod-4", objects: [service(Number(params["port"]))] }),
  tools: { terminal: true, editor: true, send: [{ from: "cliente", url: "http://192.168.1.101/", label: { es: "Llamar a maquina-1", en: "Call maquina-1" } }] },
  questions: [
    {
      id: "holds",
      prompt: { es: "El Service publica es LoadBalancer, su nodePort es {{port}} y no hay MetalLB ni nube. ¿Qué es verdad?", en: "The Service publica is a LoadBalancer, its nodePort is {{port}} and there is no MetalLB and no cloud. What is true?" },
      type: "multiple",
      options: [
        { id: "pending", label: { es: "Diez minutos después sigue sin IP externa", en: "Ten minutes later it still has no external IP" } },
        { id: "cluster-ip", label: { es: "Su ClusterIP contesta a los pods", en: "Its ClusterIP answers the Pods" } },
        { id: "node-port", label: { es: "Su nodePort contesta al cliente", en: "Its nodePort answers the client" } },
        { id: "later", label: { es: "Si instalas MetalLB, recibe IP sin volver a crearlo", en: "If you install MetalLB, it gets an IP without being created again" } },
      ],
    },
    {
      id: "cause",
      prompt: { es: "Ahora aplica metallb.yaml y espera un poco. ¿Qué evento del Service cuenta de dónde sale la IP?", en: "Now apply metallb.yaml and wait a little. Which event of the Service tells where the IP comes from?" },
      type: "single",
      options: [
        { id: "EnsuredLoadBalancer", label: { es: "EnsuredLoadBalancer", en: "EnsuredLoadBalancer" } },
        { id: "IPAllocated", label: { es: "IPAllocated", en: "IPAllocated" } },
        { id: "NodeReady", label: { es: "NodeReady", en: "NodeReady" } },
        { id: "nodeAssigned", label: { es: "nodeAssigned", en: "nodeAssigned" } },
      ],
    },
  ],
  checks: [
    answered({
      id: "holds",
      title: { es: "La apuesta", en: "The bet" },
      points: 3,
      question: "holds",
      decide(lab): Decision {
        const { truths, evidence } = tried(lab);
        return { right: truths, evidence };
      },
      mistakes: {
        "-node-port": { code: "pending.node-port", message: { es: "Le falta la IP externa, pero no está caído: un LoadBalancer lleva dentro un NodePort, y ése contesta.", en: "It lacks the external IP but is not down: a LoadBalancer contains a NodePort, and that one answers." }, next: go },
        "-cluster-ip": { code: "pending.cluster-ip", message: { es: "Por dentro funciona como cualquier ClusterIP: es la primera de sus tres capas.", en: "Inside it works like any ClusterIP: that is the first of its three layers." }, next: go },
        "-later": { code: "pending.recreate", message: { es: "No hace falta volver a crearlo: la petición sigue escrita y MetalLB la atiende en cuanto llega.", en: "There is no need to create it again: the request is still written and MetalLB serves it as soon as it arrives." }, next: { es: "Aplica metallb.yaml y vuelve a mirar el Service.", en: "Apply metallb.yaml and look at the Service again." } },
      },
      otherwise: { code: "pending.no-ip", message: { es: "La IP externa la tiene que dar alguien, y en tus máquinas no hay nadie que atienda la petición: se queda en `<pending>`.", en: "Somebody has to give the external IP, and on your machines nobody serves the request: it stays `<pending>`." }, next: go },
    }),
    answered({
      id: "cause",
      title: { es: "El evento responsable", en: "The responsible event" },
      points: 3,
      question: "cause",
      decide(lab) {
        play(lab, ["kubectl apply -f metallb.yaml", { advance: "30s" }]);
        const ip = outside(lab) ?? "?";
        const events = eventsAbout(lab.cluster, NAME).filter((event) => event.involvedObject.kind === "Service");
        return { right: events.find((event) => event.message.includes(ip))?.reason ?? "", evidence: eventEvidence(events, 4) };
      },
      mistakes: {
        EnsuredLoadBalancer: { code: "event.cloud", message: { es: "Ése lo escribe el programa de una nube. Aquí no hay nube: la IP la ha dado MetalLB.", en: "That one is written by a cloud's program. There is no cloud here: MetalLB gave the IP." }, next: { es: "Lee el final de `kubectl describe service publica`.", en: "Read the end of `kubectl describe service publica`." } },
        nodeAssigned: { code: "event.announced", message: { es: "nodeAssigned dice qué máquina anuncia la IP en la red. Antes alguien la ha elegido.", en: "nodeAssigned says which machine announces the IP on the network. Somebody chose it before." }, next: { es: "Busca el evento que nombra la IP.", en: "Look for the event that names the IP." } },
      },
      otherwise: { code: "event.unrelated", message: { es: "Ese evento es de una máquina, no del Service.", en: "That event is about a machine, not the Service." }, next: { es: "Lee el final de `kubectl describe service publica`.", en: "Read the end of `kubectl describe service publica`." } },
    }),
  ],
  hints: [
    { es: "¿Quién debía dar la IP externa?", en: "Who was to give the external IP?" },
    { es: "Estar en `<pending>` no impide que funcione el puerto del nodo.", en: "Being `<pending>` does not stop the node's port from working." },
    { es: "Llama a http://192.168.1.101 con el nodePort, aplica metallb.yaml y mira los eventos del Service: las cuatro frases son ciertas.", en: "Call http://192.168.1.101 with the nodePort, apply metallb.yaml and look at the Service's events: all four statements hold." },
  ],
});
