import { L2_ADVERTISEMENT, POD, SERVICE, type PacketTrace, type Pod, type Service } from "@/lib/engine";
import { ask, defineExercise, eventEvidence, eventsAbout, fail, isAnswered, objectEvidence, objectNamed, objectsOf, packetEvidence, pass, waitUntil, type Finding, type Probe } from "@/lib/grader";

const RANGES = [[240, 250], [220, 230], [200, 209], [230, 239]] as const;

const serviceOf = ({ cluster }: Probe): Service | undefined => objectNamed<Service>(cluster, SERVICE, "publica");
const addressOf = (probe: Probe): string | undefined => serviceOf(probe)?.status?.loadBalancer?.ingress?.[0]?.ip;
const lastByte = (ip: string): number => Number(ip.split(".").at(-1));
const call = (probe: Probe, ip: string): PacketTrace => ask(probe.cluster, "cliente", `http://${ip}/`);

/** Who answered ARP for the address in a trip. */
function announcerIn(trace: PacketTrace): string | undefined {
  const hop = trace.hops.find((each) => each.because.code === "link.arp-answered");
  return hop === undefined ? undefined : String((hop.because.params as { readonly node?: string }).node);
}

function withoutAddress(probe: Probe): Finding {
  const service = serviceOf(probe);
  const running = objectsOf<Pod>(probe.cluster, POD).some((pod) => pod.spec.containers.some((container) => container.image?.includes("metallb/controller") === true));
  const events = eventEvidence(eventsAbout(probe.cluster, "publica"), 2);
  if (!running) return fail("lb.nobody", { es: "El Service sigue en `<pending>`: no hay ningún MetalLB en marcha que atienda su petición.", en: "The Service is still `<pending>`: no MetalLB is running to serve its request." }, { es: "Instálalo con `kubectl apply -f metallb.yaml` y espera a que sus pods estén listos.", en: "Install it with `kubectl apply -f metallb.yaml` and wait until its Pods are ready." }, [...(service ? [objectEvidence(service, "status")] : []), ...events]);
  return fail("pool.missing", { es: "MetalLB está en marcha, pero no sabe qué direcciones puede repartir.", en: "MetalLB runs, but does not know which addresses it may hand out." }, { es: "Escribe un IPAddressPool en el namespace metallb-system.", en: "Write an IPAddressPool in the namespace metallb-system." }, events);
}

/** The address belongs to somebody else on the network. */
function clash(probe: Probe, ip: string): Finding | undefined {
  const machine = probe.cluster.addresses.find((node) => node.ip === ip);
  if (!machine) return undefined;
  return fail("pool.overlaps", { es: `MetalLB ha repartido la ${ip}, que es la de ${machine.name}. Dos equipos con la misma IP: el cliente llega a la máquina, no al Service.`, en: `MetalLB handed out ${ip}, which is that of ${machine.name}. Two devices with the same IP: the client reaches the machine, not the Service.` }, { es: "Usa un rango en el que no haya nadie: ni máquinas ni DHCP.", en: "Use a range with nobody in it: no machines, no DHCP." }, [packetEvidence(call(probe, ip))]);
}

function silent(probe: Probe, ip: string, trace: PacketTrace): Finding {
  const clashing = clash(probe, ip);
  if (clashing) return clashing;
  const ads = objectsOf(probe.cluster, L2_ADVERTISEMENT);
  const evidence = [packetEvidence(trace), ...eventEvidence(eventsAbout(probe.cluster, "publica"), 2)];
  if (ads.length === 0) return fail("l2.not-advertised", { es: `El Service tiene la ${ip}, pero en la red nadie dice «es mía»: la IP está asignada y nadie la anuncia.`, en: `The Service has ${ip}, but nobody on the network says “it is mine”: the IP is assigned and nobody announces it.` }, { es: "Falta el L2Advertisement.", en: "The L2Advertisement is missing." }, evidence);
  return fail("l2.wrong-pool", { es: `Hay un L2Advertisement, pero no cubre el rango de la ${ip}.`, en: `There is an L2Advertisement, but it does not cover the range of ${ip}.` }, { es: "En `ipAddressPools` va el nombre de tu IPAddressPool.", en: "`ipAddressPools` takes the name of your IPAddressPool." }, evidence);
}

export default defineExercise({
  id: "l28-e3",
  lesson: "L28",
  kind: "terminal",
  difficulty: 2,
  title: { es: "Instala MetalLB", en: "Install MetalLB" },
  params: (seed) => {
    const [first, last] = RANGES[Math.abs(seed - 1) % RANGES.length] ?? RANGES[0];
    return { first: `192.168.1.${first}`, last: `192.168.1.${last}` };
  },
  setup: () => ({ fixture: "prod-4" }),
  tools: { terminal: true, editor: true, machines: ["maquina-1", "maquina-2", "maquina-3", "maquina-4"] },
  checks: [
    {
      id: "address",
      title: { es: "El Service tiene una IP del rango", en: "The Service has an IP of the range" },
      points: 2,
      run(probe) {
        const ip = addressOf(probe);
        if (ip === undefined) return withoutAddress(probe);
        const [first, last] = [lastByte(String(probe.params["first"])), lastByte(String(probe.params["last"]))];
        const service = serviceOf(probe);
        const evidence = service ? [objectEvidence(service, "status"), packetEvidence(call(probe, ip))] : [];
        const clashing = clash(probe, ip);
        if (clashing) return clashing;
        if (!ip.startsWith("192.168.1.") || lastByte(ip) < first || lastByte(ip) > last) return fail("pool.other-range", { es: `La ${ip} no es del rango que te han dado.`, en: `${ip} is not in the range you were given.` }, { es: "Revisa `addresses` en el IPAddressPool.", en: "Check `addresses` in the IPAddressPool." }, evidence);
        return pass(undefined, evidence);
      },
    },
    {
      id: "announced",
      title: { es: "Una máquina responde por esa IP y el cliente entra", en: "A machine answers for that IP and the client gets in" },
      points: 2,
      run(probe) {
        const ip = addressOf(probe);
        if (ip === undefined) return withoutAddress(probe);
        const trace = call(probe, ip);
        return isAnswered(trace) && announcerIn(trace) !== undefined ? pass(undefined, [packetEvidence(trace)]) : silent(probe, ip, trace);
      },
    },
    {
      id: "moves",
      title: { es: "Si esa máquina se apaga, otra toma el relevo", en: "If that machine goes off, another one takes over" },
      points: 2,
      run(probe) {
        const ip = addressOf(probe);
        if (ip === undefined) return withoutAddress(probe);
        const first = call(probe, ip);
        const node = announcerIn(first);
        if (node === undefined) return silent(probe, ip, first);
        probe.cluster.machines.powerOff(node);
        const moved = (): boolean => {
          const trace = call(probe, ip);
          return isAnswered(trace) && announcerIn(trace) !== node;
        };
        if (waitUntil(probe.cluster, moved, 120_000, 5000) !== undefined) return pass({ es: `La anunciaba ${node}; al apagarla ha pasado a otra.`, en: `${node} announced it; when it went off another one took over.` });
        return fail("l2.pinned", { es: `La anunciaba ${node}. La hemos apagado y dos minutos después nadie responde por ${ip}.`, en: `${node} announced it. We powered it off and two minutes later nobody answers for ${ip}.` }, { es: "Deja que cualquiera pueda anunciarla: sin `nodeSelectors` y con un speaker en cada máquina.", en: "Let any machine announce it: no `nodeSelectors`, and a speaker on each machine." }, [packetEvidence(call(probe, ip)), ...eventEvidence(eventsAbout(probe.cluster, "publica", "nodeAssigned"), 2)]);
      },
    },
  ],
  hints: [
    { es: "Son dos encargos: qué direcciones se pueden repartir y que alguien las anuncie.", en: "There are two orders: which addresses may be handed out, and that somebody announces them." },
    { es: "IPAddressPool y L2Advertisement, los dos de metallb.io/v1beta1 y en el namespace metallb-system. Mira los eventos del Service.", en: "IPAddressPool and L2Advertisement, both of metallb.io/v1beta1 and in the namespace metallb-system. Look at the Service's events." },
    { es: "En el primero, `spec.addresses` con tu rango escrito primera-última; en el segundo, `spec.ipAddressPools` con el nombre del primero.", en: "In the first, `spec.addresses` with your range written first-last; in the second, `spec.ipAddressPools` with the name of the first." },
  ],
});
