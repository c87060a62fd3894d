import type { Cluster, Pod } from "@/lib/engine";
import { answered, defineExercise, eventEvidence, eventsAbout, fail, numberEvidence, pass, podEvidence, podsOf, readyPods, waitUntil, type Finding, type Probe } from "@/lib/grader";

/** The machine that holds the most replicas, and those replicas. */
function fullest(cluster: Cluster): { readonly node: string; readonly pods: readonly Pod[] } {
  const ready = readyPods(cluster, "app=web");
  const nodes = ["node-1", "node-2", "node-3"].map((node) => ({ node, pods: ready.filter((pod) => pod.spec.nodeName === node) }));
  return nodes.reduce((most, each) => (each.pods.length > most.pods.length ? each : most));
}

const usefulIn = (cluster: Cluster, lost: string): readonly Pod[] => readyPods(cluster, "app=web").filter((pod) => pod.spec.nodeName !== lost);

interface Outage {
  readonly lost: string;
  readonly seconds: number | undefined;
  readonly old: readonly Pod[];
}

/** Powers the machine off in a fresh copy and waits until four replicas work elsewhere. */
function outage(lab: Probe["workbench"]): Outage {
  const { node, pods } = fullest(lab.cluster);
  lab.cluster.machines.powerOff(node);
  const took = waitUntil(lab.cluster, () => usefulIn(lab.cluster, node).length >= 4, 1_200_000);
  const names = new Set(pods.map((pod) => pod.metadata.name));
  return { lost: node, seconds: took === undefined ? undefined : Math.round(took / 1000), old: podsOf(lab.cluster, "app=web").filter((pod) => names.has(pod.metadata.name)) };
}

function bandOf(seconds: number | undefined): string {
  if (seconds === undefined) return "never";
  if (seconds <= 15) return "at-once";
  return seconds <= 120 ? "a-minute" : "six-minutes";
}

const try_ = { es: "Apaga la máquina que tiene dos, avanza el reloj minuto a minuto y mira `kubectl get pods -o wide`.", en: "Power off the machine that has two, advance the clock minute by minute and look at `kubectl get pods -o wide`." };

export default defineExercise({
  id: "l13-e5",
  lesson: "L13",
  kind: "chaos",
  difficulty: 2,
  title: { es: "Una máquina callada", en: "A silent machine" },
  params: (seed) => ({ machine: `node-${(Math.abs(seed) % 3) + 1}` }),
  // Two replicas start with the other machines closed, so that it is known which one carries two.
  setup: ({ machine }) => {
    const others = ["node-1", "node-2", "node-3"].filter((node) => node !== machine);
    const lines = [...others.map((node) => `kubectl cordon ${node}`), "kubectl scale deployment web --replicas=2", "sleep 15", ...others.map((node) => `kubectl uncordon ${node}`), "kubectl scale deployment web --replicas=4", "sleep 15"];
    return { fixture: "three-nodes", prelude: lines.map((line) => ({ type: "run", line })) };
  },
  tools: { machines: ["node-1", "node-2", "node-3"], terminal: true },
  questions: [
    {
      id: "band",
      prompt: { es: "Se apaga la máquina que tiene 2 de las 4 réplicas. ¿Cuándo vuelve a haber 4 atendiendo?", en: "The machine with 2 of the 4 replicas goes off. When are there 4 serving again?" },
      type: "single",
      options: [
        { id: "at-once", label: { es: "Al instante", en: "At once" } },
        { id: "a-minute", label: { es: "En menos de un minuto", en: "In less than a minute" } },
        { id: "six-minutes", label: { es: "En algo menos de seis minutos", en: "In a little less than six minutes" } },
        { id: "never", label: { es: "Nunca, si la máquina no vuelve", en: "Never, unless the machine comes back" } },
      ],
    },
    { id: "seconds", prompt: { es: "Ahora mídelo. ¿Cuántos segundos han pasado?", en: "Now measure it. How many seconds went by?" }, type: "number", unit: { es: "segundos", en: "seconds" } },
    {
      id: "old",
      prompt: { es: "Con los sustitutos ya en marcha, ¿cómo salen en la lista los dos de la máquina apagada?", en: "With the replacements running, how are the two of the dead machine listed?" },
      type: "single",
      options: [
        { id: "gone", label: { es: "No salen: se han borrado", en: "They are not: they were deleted" } },
        { id: "Terminating", label: { es: "Terminating", en: "Terminating" } },
        { id: "Running", label: { es: "Running", en: "Running" } },
      ],
    },
  ],
  checks: [
    answered({
      id: "band",
      title: { es: "La apuesta", en: "The bet" },
      points: 2,
      question: "band",
      decide(lab) {
        const { seconds, lost } = outage(lab);
        return { right: bandOf(seconds), evidence: [numberEvidence({ es: "Segundos hasta tener 4", en: "Seconds until there are 4" }, seconds ?? -1, "300–360"), ...eventEvidence(eventsAbout(lab.cluster, lost, "NodeNotReady"), 1)] };
      },
      mistakes: {
        "at-once": { code: "wait.instant", message: { es: "Kubernetes no se precipita: una máquina callada puede haber perdido un momento la red. Espera por si vuelve.", en: "Kubernetes does not rush: a silent machine may have lost the network for a moment. It waits in case it returns." }, next: try_ },
        never: { code: "wait.never", message: { es: "Pasado el plazo se desaloja a los pods de esa máquina y el ReplicaSet los repone en otras. No hace falta que vuelva.", en: "When the time is up the Pods of that machine are evicted and the ReplicaSet replaces them elsewhere. It need not come back." }, next: try_ },
      },
      otherwise: { code: "wait.first-only", message: { es: "En menos de un minuto sólo se sabe que el nodo no contesta. Falta la segunda espera: lo que tolera cada pod antes de que lo desalojen.", en: "In less than a minute it is only known that the node does not answer. The second wait is missing: what each Pod tolerates before it is evicted." }, next: try_ },
    }),
    answered({
      id: "seconds",
      title: { es: "La medida", en: "The measurement" },
      points: 1,
      question: "seconds",
      decide(lab) {
        const { seconds } = outage(lab);
        return { right: seconds ?? -1, within: 30, evidence: [numberEvidence({ es: "Segundos medidos por el juez (vale ±30)", en: "Seconds measured by the judge (±30 counts)" }, seconds ?? -1, "±30")] };
      },
      mistakes: {},
      otherwise: { code: "seconds.off", message: { es: "No coincide con lo que hemos medido. Son dos esperas sumadas: 50 s hasta NotReady y 300 s de tolerancia, más lo que tarda en arrancar el sustituto.", en: "It does not match what we measured. It is two waits added: 50 s until NotReady and 300 s of toleration, plus the start of the replacement." }, next: try_ },
    }),
    answered({
      id: "old",
      title: { es: "Los de la máquina apagada", en: "Those of the dead machine" },
      points: 1,
      question: "old",
      decide(lab) {
        const { old } = outage(lab);
        const first = old[0];
        return { right: first === undefined ? "gone" : first.metadata.deletionTimestamp === undefined ? "Running" : "Terminating", evidence: old.map(podEvidence) };
      },
      mistakes: {},
      otherwise: { code: "old.not-terminating", message: { es: "Su borrado está pedido, pero falta que su kubelet confirme que han parado, y está apagado. Hasta entonces salen como Terminating.", en: "Their deletion has been asked for, but their kubelet must confirm that they stopped, and it is off. Until then they are listed as Terminating." }, next: try_ },
    }),
    {
      id: "done",
      title: { es: "Lo has hecho: máquina apagada y cuatro atendiendo", en: "You did it: machine off and four serving" },
      points: 2,
      run({ cluster, before }): Finding {
        // Switched off or unplugged, and perhaps back by now: its silence left an event.
        const machines = cluster.machines.list();
        const off = machines.find((machine) => !machine.powered || !machine.connected) ?? machines.find(({ name }) => eventsAbout(cluster, name, "NodeNotReady").length > 0);
        if (!off) return fail("chaos.nothing-off", { es: "Todas las máquinas están encendidas. Las apuestas se resuelven rompiendo algo.", en: "All the machines are on. Bets are settled by breaking something." }, { es: "Apaga la que tiene dos réplicas.", en: "Power off the one with two replicas." });
        const lost = readyPods(before, "app=web").filter((pod) => pod.spec.nodeName === off.name);
        if (lost.length !== 2) return fail("chaos.other-machine", { es: `En ${off.name} había ${lost.length} réplica. La que interesa es la que tiene 2.`, en: `${off.name} held ${lost.length} replica. The one that matters has 2.` }, { es: "Mira la columna NODE de `kubectl get pods -o wide`, enciende ésa y apaga la otra.", en: "Look at the NODE column of `kubectl get pods -o wide`, power that one on and the other off." }, lost.map(podEvidence));
        const useful = usefulIn(cluster, off.name);
        if (useful.length >= 4) return pass();
        return fail("chaos.too-soon", { es: `Con ${off.name} apagada sólo hay ${useful.length} réplicas atendiendo: aún no ha pasado el tiempo suficiente.`, en: `With ${off.name} off only ${useful.length} replicas serve: not enough time has gone by.` }, { es: "Sigue avanzando el reloj hasta que vuelva a haber cuatro.", en: "Keep advancing the clock until there are four again." }, [numberEvidence({ es: "Réplicas útiles", en: "Useful replicas" }, useful.length, 4), ...podsOf(cluster, "app=web").slice(0, 4).map(podEvidence)]);
      },
    },
  ],
  hints: [
    { es: "Son dos esperas, una detrás de otra.", en: "There are two waits, one after the other." },
    { es: "La primera la ves en `kubectl get nodes`; la segunda, en `tolerations` de `kubectl get pod -o yaml`.", en: "You see the first in `kubectl get nodes`; the second, in `tolerations` of `kubectl get pod -o yaml`." },
    { es: "50 segundos hasta NotReady y 300 de `tolerationSeconds`: algo menos de seis minutos.", en: "50 seconds until NotReady and 300 of `tolerationSeconds`: a little less than six minutes." },
  ],
});
