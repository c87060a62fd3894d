import { SERVICE, type PacketTrace, type Service } from "@/lib/engine";
import { ask, defineExercise, fail, isAnswered, numberEvidence, objectEvidence, objectsOf, packetEvidence, pass, type Finding, type Probe } from "@/lib/grader";

const PRIVATE = ["catalogo", "basedatos", "cache", "cola"];
const NODES = [1, 2, 3, 4].map((n) => `192.168.1.10${n}`);

const services = ({ cluster }: Probe): readonly Service[] => objectsOf<Service>(cluster, SERVICE, "default").filter((service) => service.metadata.name !== "kubernetes");
const addresses = (probe: Probe): readonly string[] => services(probe).flatMap((service) => service.status?.loadBalancer?.ingress?.[0]?.ip ?? []);
const isType = (service: Service, type: string): boolean => service.spec.type === type;

/** The first address by which a client from outside gets in on the usual port. */
function enters(probe: Probe, url: (ip: string) => string, host?: string): PacketTrace | undefined {
  return addresses(probe).map((ip) => ask(probe.cluster, "cliente", url(ip), host === undefined ? {} : { hostHeader: host })).find((trace) => (trace.response === undefined ? trace.outcome === "delivered" : isAnswered(trace)));
}

function shut(probe: Probe, name: string, what: { readonly es: string; readonly en: string }): Finding {
  const service = services(probe).find((each) => each.metadata.name === name);
  const evidence = service ? [objectEvidence(service, "spec.type")] : [];
  const nodePort = service?.spec.ports?.[0]?.nodePort;
  if (nodePort !== undefined && service && isType(service, "NodePort")) return fail("outside.node-port", { es: `${what.es}: sólo se llega por el ${nodePort} de alguna máquina. ¿Qué IP le das al cliente, y qué hace cuando esa máquina se apague?`, en: `${what.en}: the only way is ${nodePort} of some machine. Which IP do you give the client, and what happens when that machine goes off?` }, { es: "Lo que se da a un cliente es la IP de un LoadBalancer.", en: "What a client is given is the IP of a LoadBalancer." }, evidence);
  return fail("outside.closed", { es: `${what.es}: desde fuera no hay por dónde entrar.`, en: `${what.en}: there is no way in from outside.` }, { es: "Piensa quién lo llama. Lo que es HTTP cabe por el proxy; lo que no lo es necesita su propia puerta.", en: "Think of who calls it. What is HTTP fits through the proxy; what is not needs a door of its own." }, evidence);
}

export default defineExercise({
  id: "l28-e4",
  lesson: "L28",
  kind: "design",
  difficulty: 2,
  title: { es: "Ocho servicios, ¿de qué tipo?", en: "Eight services, of which type?" },
  setup: () => ({ fixture: "prod-4" }),
  tools: { editor: true, terminal: true },
  checks: [
    {
      id: "web",
      title: { es: "tienda.prod.es y api.prod.es se ven desde fuera, por el 80", en: "tienda.prod.es and api.prod.es are seen from outside, on 80" },
      points: 2,
      run(probe) {
        const lacking = ["tienda.prod.es", "api.prod.es"].find((host) => enters(probe, (ip) => `http://${ip}/`, host) === undefined);
        return lacking === undefined ? pass() : shut(probe, "proxy", { es: lacking, en: lacking });
      },
    },
    {
      id: "sensors",
      title: { es: "Los sensores llegan al 1883", en: "The sensors reach 1883" },
      points: 1,
      run(probe) {
        const trace = enters(probe, (ip) => `tcp://${ip}:1883`);
        return trace ? pass(undefined, [packetEvidence(trace)]) : shut(probe, "sensores", { es: "sensores (MQTT)", en: "sensores (MQTT)" });
      },
    },
    {
      id: "inside",
      title: { es: "Lo que sólo usan los de dentro no se ve desde fuera", en: "What only insiders use is not seen from outside" },
      points: 2,
      run(probe) {
        for (const service of services(probe).filter((each) => PRIVATE.includes(each.metadata.name))) {
          const ports = service.spec.ports ?? [];
          const own = service.status?.loadBalancer?.ingress?.[0]?.ip;
          const tries = [...(own === undefined ? [] : ports.map((port) => `tcp://${own}:${port.port}`)), ...ports.flatMap((port) => (port.nodePort === undefined ? [] : NODES.map((ip) => `tcp://${ip}:${String(port.nodePort)}`)))];
          const open = tries.map((url) => ask(probe.cluster, "cliente", url)).find((trace) => trace.outcome === "delivered");
          if (open) return fail("inside.exposed", { es: `Desde la oficina se entra en ${service.metadata.name}. ¿Quién lo llama desde fuera? Nadie: sólo los pods.`, en: `From the office you can get into ${service.metadata.name}. Who calls it from outside? Nobody: only Pods.` }, { es: "Déjalo en ClusterIP, que es el tipo por defecto.", en: "Leave it as ClusterIP, which is the default type." }, [packetEvidence(open), objectEvidence(service, "spec.type")]);
        }
        return pass();
      },
    },
    {
      id: "thrift",
      title: { es: "No sobra ninguna puerta", en: "No door too many" },
      points: 1,
      run(probe) {
        const all = services(probe);
        const balancers = all.filter((service) => isType(service, "LoadBalancer")).length;
        const nodePorts = all.filter((service) => isType(service, "NodePort")).length;
        const share = Math.round((100 * all.filter((service) => isType(service, "ClusterIP")).length) / Math.max(1, all.length));
        if (nodePorts > 0) return fail("types.node-ports", { es: `Hay ${nodePorts} Services NodePort. Cada uno abre un puerto en las cuatro máquinas.`, en: `There are ${nodePorts} NodePort Services. Each opens a port on the four machines.` }, { es: "Para dentro, ClusterIP; para fuera, un LoadBalancer.", en: "For inside, ClusterIP; for outside, a LoadBalancer." }, [numberEvidence({ es: "NodePort", en: "NodePort" }, nodePorts, 0)]);
        if (balancers > 2) return fail("types.many-balancers", { es: `${balancers} balanceadores son ${balancers} IP que pagar y vigilar. La factura llega a fin de mes.`, en: `${balancers} balancers are ${balancers} IPs to pay for and watch. The bill comes at the end of the month.` }, { es: "Todo lo que es HTTP entra por el proxy con una sola IP.", en: "Everything that is HTTP enters by the proxy with a single IP." }, [numberEvidence({ es: "LoadBalancer", en: "LoadBalancer" }, balancers, "≤ 2")]);
        return pass({ es: `ClusterIP, el ${share} %; LoadBalancer, ${balancers}; NodePort, ninguno. ¿Se parece a tu cálculo a ojo?`, en: `ClusterIP, ${share}%; LoadBalancer, ${balancers}; NodePort, none. Is it close to your guess?` });
      },
    },
  ],
  hints: [
    { es: "Antes de elegir el tipo, pregunta quién llama a cada uno.", en: "Before choosing the type, ask who calls each one." },
    { es: "Todo lo que sea HTTP ya tiene su regla de Ingress: sólo falta que se pueda llegar al proxy.", en: "Everything that is HTTP already has its Ingress rule: the proxy only has to be reachable." },
    { es: "Dos LoadBalancer, el del proxy y el de los sensores, porque MQTT no es HTTP. Los otros seis, ClusterIP.", en: "Two LoadBalancers, the proxy's and the sensors', because MQTT is not HTTP. The other six, ClusterIP." },
  ],
});
