import { SERVICE, type PacketTrace, type Service } from "@/lib/engine";
import { ask, defineExercise, fail, isAnswered, numberEvidence, objectEvidence, objectNamed, packetEvidence, pass, prod4Workloads, type Finding, type Probe } from "@/lib/grader";

const PORTS = [30080, 31080, 30480, 32080];
const MACHINES = [1, 2, 3, 4].map((n) => `192.168.1.10${n}`);
const SITE = "app1.prod.es";

const doorOf = ({ cluster }: Probe): Service | undefined => objectNamed<Service>(cluster, SERVICE, "ingresscontroller");

/** Why a machine does not answer on the port, told by the Service. */
function whyClosed(probe: Probe, trace: PacketTrace, port: number): Finding {
  const door = doorOf(probe);
  const evidence = [packetEvidence(trace), ...(door ? [objectEvidence(door, "spec.ports")] : [])];
  const ports = door?.spec.ports ?? [];
  if (ports.some((each) => each.port === port) && !ports.some((each) => each.nodePort === port)) {
    return fail("nodeport.is-port", { es: `Has escrito ${port} en \`port\`, que es el de la IP de balanceo y sólo se ve desde dentro. Fuera no se ha abierto.`, en: `You wrote ${port} in \`port\`, which is that of the balancing IP and is only seen from inside. Outside it is not open.` }, { es: "El de fuera es `nodePort`; `port` sigue siendo 80.", en: "The outer one is `nodePort`; `port` is still 80." }, evidence);
  }
  if (door?.spec.externalTrafficPolicy === "Local") {
    return fail("nodeport.local", { es: "Con `externalTrafficPolicy: Local` sólo contestan las máquinas que tienen un pod de la puerta, y aquí hay uno.", en: "With `externalTrafficPolicy: Local` only the machines with a Pod of the door answer, and here there is one." }, { es: "Para entrar por cualquiera de las cuatro, deja `Cluster`.", en: "To enter by any of the four, leave `Cluster`." }, evidence);
  }
  return fail("nodeport.closed", { es: `Nadie escucha en el ${port} de esa máquina: el Service no ha abierto ese puerto en los nodos.`, en: `Nobody listens on ${port} of that machine: the Service has not opened that port on the nodes.` }, { es: "Hace falta un Service de tipo NodePort con ese `nodePort`.", en: "A Service of type NodePort with that `nodePort` is needed." }, evidence);
}

/** Which balancer mistake explains a request that did not arrive. */
function whyBalancer(probe: Probe, trace: PacketTrace): Finding {
  const backends = probe.cluster.world.balancer("balanceador", 80)?.backends ?? [];
  const strange = backends.find((backend) => !MACHINES.includes(backend.ip));
  const evidence = [packetEvidence(trace)];
  if (backends.length === 0) return fail("balancer.empty", { es: "El balanceador 192.168.1.2 no tiene a quién mandar.", en: "The balancer 192.168.1.2 has nobody to send to." }, { es: "Ponle como destino las cuatro máquinas, con su puerto.", en: "Give it the four machines, with their port, as targets." }, evidence);
  if (strange) return fail("balancer.pod-address", { es: `El balanceador manda a ${strange.ip}, que es una dirección de dentro del clúster. Desde la red de la empresa no hay ruta hasta ahí.`, en: `The balancer sends to ${strange.ip}, an address inside the cluster. There is no route to it from the company network.` }, { es: "Los destinos tienen que ser las máquinas: 192.168.1.101 a 104.", en: "The targets must be the machines: 192.168.1.101 to 104." }, evidence);
  const port = Number(probe.params["port"]);
  if (backends.every((backend) => backend.port === port)) return whyClosed(probe, trace, port);
  return fail("balancer.wrong-port", { es: "El balanceador llega a la máquina, pero llama a un puerto que no está abierto.", en: "The balancer reaches the machine but calls a port that is not open." }, { es: "Tiene que llamar al mismo número que pusiste en `nodePort`.", en: "It must call the same number you wrote in `nodePort`." }, evidence);
}

export default defineExercise({
  id: "l28-e1",
  lesson: "L28",
  kind: "manifest",
  difficulty: 2,
  title: { es: "Cuatro puertas y un balanceador", en: "Four doors and a balancer" },
  params: (seed) => ({ port: PORTS[Math.abs(seed - 1) % PORTS.length] ?? 30080 }),
  setup: () => ({
    fixture: "prod-4",
    // Its Service is the student's to create.
    objects: prod4Workloads(false).filter((object) => (object["metadata"] as { readonly name?: string }).name !== "ingresscontroller"),
    prelude: [{ type: "world", change: { do: "set-balancer", host: "balanceador", port: 80, backends: [] } }],
  }),
  tools: {
    editor: true,
    terminal: true,
    balancer: true,
    send: [
      { from: "cliente", url: "http://app1.prod.es/", label: { es: "Entrar por app1.prod.es", en: "Enter by app1.prod.es" } },
      { from: "cliente", url: "http://192.168.1.101/", label: { es: "Llamar a maquina-1", en: "Call maquina-1" } },
    ],
  },
  checks: [
    {
      id: "every-machine",
      title: { es: "Se entra por cualquiera de las cuatro máquinas", en: "You can enter by any of the four machines" },
      points: 3,
      run(probe) {
        const port = Number(probe.params["port"]);
        const traces = MACHINES.map((ip) => ask(probe.cluster, "cliente", `http://${ip}:${port}/`, { hostHeader: SITE }));
        const bad = traces.find((trace) => !isAnswered(trace));
        if (bad) return whyClosed(probe, bad, port);
        return pass({ es: "El pod vive en una máquina y contesta entrando por las cuatro.", en: "The Pod lives on one machine and answers through all four." }, traces.slice(0, 1).map(packetEvidence));
      },
    },
    {
      id: "balancer",
      title: { es: "El cliente llega por 192.168.1.2 y el balanceador usa las cuatro", en: "The client arrives by 192.168.1.2 and the balancer uses all four" },
      points: 2,
      run(probe) {
        const traces = Array.from({ length: 8 }, () => ask(probe.cluster, "cliente", `http://${SITE}/`));
        const bad = traces.find((trace) => !isAnswered(trace));
        if (bad) return whyBalancer(probe, bad);
        const used = new Set((probe.cluster.world.balancer("balanceador", 80)?.backends ?? []).map((backend) => backend.ip));
        const machines = MACHINES.filter((ip) => used.has(ip));
        if (machines.length === 4) return pass(undefined, traces.slice(0, 1).map(packetEvidence));
        return fail("balancer.few-machines", { es: `El balanceador sólo conoce ${machines.length} de las cuatro máquinas. El nodePort se abre en todas, tengan o no el pod; con una sola, si se apaga, te quedas fuera.`, en: `The balancer knows only ${machines.length} of the four machines. The nodePort opens on all of them, with or without the Pod; with one alone, if it goes off, you are left outside.` }, { es: "Añade las que faltan.", en: "Add the missing ones." }, [numberEvidence({ es: "Máquinas en el balanceador", en: "Machines in the balancer" }, machines.length, 4)]);
      },
    },
  ],
  hints: [
    { es: "Hay tres puertos en juego y sólo uno mira hacia fuera.", en: "Three ports are in play and only one looks outwards." },
    { es: "Es `nodePort`, en un Service de tipo NodePort. Se abre en las cuatro máquinas, y ésas son las que conoce el balanceador.", en: "It is `nodePort`, in a Service of type NodePort. It opens on the four machines, and those are what the balancer knows." },
    { es: "`type: NodePort`, `port: 80`, `nodePort` el del encargo, sin cambiar la política Cluster; y en el balanceador, 192.168.1.101 a 104 con ese puerto.", en: "`type: NodePort`, `port: 80`, `nodePort` as asked, leaving the policy at Cluster; and in the balancer, 192.168.1.101 to 104 with that port." },
  ],
});
