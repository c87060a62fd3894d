import type { Pod } from "@/lib/engine";
import { answered, defineExercise, deletePods, eventEvidence, eventsAbout, podEvidence, readyPods, settle, typed, type Decision, type Probe } from "@/lib/grader";

/** Deletes one pod in a fresh copy and finds who came in its place. */
function swap(lab: Probe["workbench"], which: number, closed: boolean): { readonly old: Pod; readonly fresh: Pod } | undefined {
  const before = readyPods(lab.cluster, "app=web");
  const old = before[which];
  if (!old) return undefined;
  if (closed) typed(lab, `kubectl cordon ${old.spec.nodeName ?? ""}`);
  deletePods(lab.cluster, [old]);
  settle(lab.cluster, 60_000);
  const known = new Set(before.map((pod) => pod.metadata.uid));
  const fresh = readyPods(lab.cluster, "app=web").find((pod) => !known.has(pod.metadata.uid));
  return fresh ? { old, fresh } : undefined;
}

/** Each pod is deleted once with every machine open, and once with its own machine closed to new pods. */
function swaps(probe: Probe): readonly { readonly old: Pod; readonly fresh: Pod }[] {
  return [false, true].flatMap((closed) => [0, 1, 2, 3].flatMap((which) => swap(probe.lab(), which, closed) ?? []));
}

/** Two of them: enough where chance has no part. */
function twoSwaps(probe: Probe): ReturnType<typeof swaps> {
  return [0, 1].flatMap((which) => swap(probe.lab(), which, false) ?? []);
}

function found(seen: ReturnType<typeof swaps>, value: (old: Pod, fresh: Pod) => string): Decision {
  const values = [...new Set(seen.map(({ old, fresh }) => value(old, fresh)))];
  return { right: values.length === 1 ? (values[0] ?? "") : "any", evidence: seen.slice(0, 2).flatMap(({ old, fresh }) => [podEvidence(old), podEvidence(fresh)]) };
}

const run = { es: "Borra uno con `kubectl delete pod` y compara `kubectl get pods -o wide` antes y después.", en: "Delete one with `kubectl delete pod` and compare `kubectl get pods -o wide` before and after." };

export default defineExercise({
  id: "l13-e2",
  lesson: "L13",
  kind: "predict",
  difficulty: 1,
  title: { es: "El que llega después", en: "The one that comes next" },
  setup: () => ({ fixture: "three-nodes" }),
  tools: { terminal: true },
  questions: [
    {
      id: "name",
      prompt: { es: "Borras un pod del Deployment web. ¿Qué nombre tendrá el que lo sustituya?", en: "You delete a Pod of the Deployment web. What will its replacement be called?" },
      type: "single",
      options: [
        { id: "same", label: { es: "El mismo", en: "The same" } },
        { id: "new-suffix", label: { es: "Empieza igual y cambia el final", en: "It begins the same and ends differently" } },
        { id: "other", label: { es: "Uno que no se parece en nada", en: "One that looks nothing like it" } },
      ],
    },
    {
      id: "ip",
      prompt: { es: "¿Y su IP?", en: "And its IP?" },
      type: "single",
      options: [
        { id: "same", label: { es: "La misma", en: "The same" } },
        { id: "new", label: { es: "Otra", en: "Another one" } },
      ],
    },
    {
      id: "node",
      prompt: { es: "¿En qué máquina arrancará?", en: "On which machine will it start?" },
      type: "single",
      options: [
        { id: "same", label: { es: "Siempre en la del que has borrado", en: "Always on that of the one you deleted" } },
        { id: "other", label: { es: "Siempre en una distinta", en: "Always on a different one" } },
        { id: "any", label: { es: "En la que decida el planificador, incluida la misma", en: "On whichever the scheduler picks, the same one included" } },
      ],
    },
    {
      id: "cause",
      prompt: { es: "Ahora bórralo y mira los eventos. ¿Cuál cuenta el nacimiento del sustituto?", en: "Now delete it and look at the events. Which one tells of the replacement's birth?" },
      type: "single",
      options: [
        { id: "Killing", label: { es: "Killing, del pod borrado", en: "Killing, of the deleted Pod" } },
        { id: "SuccessfulCreate", label: { es: "SuccessfulCreate, del ReplicaSet", en: "SuccessfulCreate, of the ReplicaSet" } },
        { id: "ScalingReplicaSet", label: { es: "ScalingReplicaSet, del Deployment", en: "ScalingReplicaSet, of the Deployment" } },
        { id: "NodeReady", label: { es: "NodeReady, de la máquina", en: "NodeReady, of the machine" } },
      ],
    },
  ],
  checks: [
    answered({
      id: "name",
      title: { es: "El nombre", en: "The name" },
      points: 1,
      question: "name",
      decide: (_lab, probe) =>
        found(twoSwaps(probe), (old, fresh) => (fresh.metadata.name === old.metadata.name ? "same" : fresh.metadata.name.replace(/-[^-]+$/, "") === old.metadata.name.replace(/-[^-]+$/, "") ? "new-suffix" : "other")),
      mistakes: {
        same: { code: "name.pet", message: { es: "El sustituto no hereda el nombre. Volver con el mismo es cosa de un StatefulSet; aquí ningún pod es especial.", en: "The replacement does not inherit the name. Coming back with the same one is for a StatefulSet; here no Pod is special." }, next: run },
      },
      otherwise: { code: "name.other", message: { es: "El principio del nombre no cambia: es el del ReplicaSet que lo crea, que sigue siendo el mismo.", en: "The beginning of the name does not change: it is that of the ReplicaSet that creates it, which is still the same." }, next: run },
    }),
    answered({
      id: "ip",
      title: { es: "La IP", en: "The IP" },
      points: 1,
      question: "ip",
      decide: (_lab, probe) => found(twoSwaps(probe), (old, fresh) => (fresh.status?.podIP === old.status?.podIP ? "same" : "new")),
      mistakes: {},
      otherwise: { code: "ip.same", message: { es: "Cada pod estrena IP. Por eso nadie apunta la IP de un pod: para eso están los Services.", en: "Each Pod gets a new IP. That is why nobody writes down a Pod's IP: Services are for that." }, next: run },
    }),
    answered({
      id: "node",
      title: { es: "La máquina", en: "The machine" },
      points: 1,
      question: "node",
      decide: (_lab, probe) => found(swaps(probe), (old, fresh) => (fresh.spec.nodeName === old.spec.nodeName ? "same" : "other")),
      mistakes: {
        same: { code: "node.same", message: { es: "Nada lo ata a la máquina del anterior. Cerramos esa máquina con cordon y el sustituto arrancó en otra.", en: "Nothing ties it to the machine of the one before. We closed that machine with cordon and the replacement started on another." }, next: run },
      },
      otherwise: { code: "node.other", message: { es: "También puede volver a la misma: el planificador mira cuál tiene sitio en ese momento, sin acordarse del que había.", en: "It may also return to the same one: the scheduler looks at which has room at that moment and remembers nothing." }, next: run },
    }),
    answered({
      id: "cause",
      title: { es: "El evento responsable", en: "The responsible event" },
      points: 3,
      question: "cause",
      decide(lab) {
        const done = swap(lab, 0, false);
        const events = eventsAbout(lab.cluster, "web").filter((event) => event.message.includes(done?.fresh.metadata.name ?? "?") && event.involvedObject.kind !== "Pod");
        return { right: events[0]?.reason ?? "", evidence: eventEvidence(events) };
      },
      mistakes: {
        Killing: { code: "event.killing", message: { es: "Killing cuenta el final del viejo. Ese evento saldría igual con un pod suelto, y a ése no lo sustituye nadie.", en: "Killing tells of the old one's end. It would appear for a bare Pod too, and nobody replaces that one." }, next: { es: "Busca el evento que nombra al pod nuevo y mira de qué objeto es.", en: "Look for the event that names the new Pod and see which object it is about." } },
        ScalingReplicaSet: { code: "event.deployment", message: { es: "El Deployment no se ha movido: su número sigue siendo el mismo. Quien cuenta pods es el ReplicaSet.", en: "The Deployment did not stir: its number is the same. The one that counts Pods is the ReplicaSet." }, next: { es: "Busca el evento que nombra al pod nuevo y mira de qué objeto es.", en: "Look for the event that names the new Pod and see which object it is about." } },
      },
      otherwise: { code: "event.unrelated", message: { es: "Ese evento no tiene que ver con el pod borrado.", en: "That event has nothing to do with the deleted Pod." }, next: { es: "Escribe `kubectl get events` y busca el nombre del pod nuevo.", en: "Type `kubectl get events` and look for the new Pod's name." } },
    }),
  ],
  hints: [
    { es: "Estos pods no son mascotas: ninguno tiene nombre propio.", en: "These Pods are not pets: none has a name of its own." },
    { es: "Deja `kubectl get pods -o wide -w` en marcha, borra un pod y compara las líneas.", en: "Leave `kubectl get pods -o wide -w` running, delete a Pod and compare the lines." },
    { es: "El nombre es el del ReplicaSet más cinco caracteres al azar, la IP es nueva y la máquina la decide el planificador. Lo crea quien mantiene el número.", en: "The name is the ReplicaSet's plus five random characters, the IP is new and the scheduler picks the machine. It is created by whoever keeps the number." },
  ],
});
