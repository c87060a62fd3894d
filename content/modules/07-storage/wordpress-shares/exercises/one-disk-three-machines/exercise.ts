import type { Pod } from "@/lib/engine";
import { answered, defineExercise, eventEvidence, eventsAbout, isReadyPod, numberEvidence, play, podEvidence, podsOf, type Probe } from "@/lib/grader";

/** Applies one of the two manifests in a fresh copy and waits three minutes. */
function pods(lab: Probe["workbench"], name: string): readonly Pod[] {
  play(lab, [`kubectl apply -f ${name}.yaml`, { advance: "3m" }]);
  return podsOf(lab.cluster, `app=${name}`);
}

function stateOf(pod: Pod | undefined): string {
  if (!pod) return "none";
  return pod.status?.containerStatuses?.[0]?.state?.waiting?.reason ?? (pod.spec.nodeName === undefined ? "Pending" : "ContainerCreating");
}

const ready = { es: "Pods Ready", en: "Ready Pods" };
const number = [0, 1, 2, 3].map((n) => ({ id: String(n), label: { es: String(n), en: String(n) } }));
const go = { es: "Aplica el fichero, avanza un minuto y mira `kubectl get pods -o wide` y los eventos.", en: "Apply the file, advance a minute and look at `kubectl get pods -o wide` and the events." };

export default defineExercise({
  id: "l37-e2",
  lesson: "L37",
  kind: "predict",
  difficulty: 2,
  title: { es: "Un disco y tres máquinas", en: "One disk and three machines" },
  setup: () => ({ fixture: "wp-galera" }),
  tools: { terminal: true, editor: true },
  questions: [
    { id: "spread", prompt: { es: "repartidos.yaml pone tres WordPress en tres máquinas distintas y todos citan la misma petición ReadWriteOnce. ¿Cuántos llegan a Ready?", en: "repartidos.yaml puts three WordPress on three different machines and all cite the same ReadWriteOnce claim. How many get Ready?" }, type: "single", options: number },
    {
      id: "others",
      prompt: { es: "¿Y cómo se quedan los demás?", en: "And how do the others end up?" },
      type: "single",
      options: [
        { id: "Pending", label: { es: "Pending, sin máquina", en: "Pending, without a machine" } },
        { id: "ContainerCreating", label: { es: "ContainerCreating", en: "ContainerCreating" } },
        { id: "CrashLoopBackOff", label: { es: "CrashLoopBackOff", en: "CrashLoopBackOff" } },
        { id: "none", label: { es: "No hay demás", en: "There are no others" } },
      ],
    },
    { id: "together", prompt: { es: "juntos.yaml es igual, pero lleva los tres a node-1. ¿Cuántos llegan a Ready?", en: "juntos.yaml is the same but takes all three to node-1. How many get Ready?" }, type: "single", options: number },
    {
      id: "cause",
      prompt: { es: "Ahora aplica repartidos.yaml. ¿Qué evento explica lo que ves?", en: "Now apply repartidos.yaml. Which event explains what you see?" },
      type: "single",
      options: [
        { id: "FailedScheduling", label: { es: "FailedScheduling", en: "FailedScheduling" } },
        { id: "FailedAttachVolume", label: { es: "FailedAttachVolume", en: "FailedAttachVolume" } },
        { id: "BackOff", label: { es: "BackOff", en: "BackOff" } },
        { id: "FailedCreate", label: { es: "FailedCreate", en: "FailedCreate" } },
      ],
    },
  ],
  checks: [
    answered({
      id: "spread",
      title: { es: "Repartidos", en: "Spread out" },
      points: 1,
      question: "spread",
      decide(lab) {
        const all = pods(lab, "repartidos");
        const count = all.filter(isReadyPod).length;
        return { right: String(count), evidence: [numberEvidence(ready, count, 3), ...all.map(podEvidence)] };
      },
      mistakes: {
        "3": { code: "rwo.all", message: { es: "Citar la misma petición no basta: RWO la deja montar en una sola máquina, y hay tres.", en: "Citing the same claim is not enough: RWO lets a single machine mount it, and there are three." }, next: go },
        "0": { code: "rwo.none", message: { es: "Uno llega primero y monta el disco: ése arranca.", en: "One arrives first and mounts the disk: that one starts." }, next: go },
      },
      otherwise: { code: "rwo.other", message: { es: "Las máquinas que pueden montar un disco RWO a la vez son una.", en: "One machine at a time can mount an RWO disk." }, next: go },
    }),
    answered({
      id: "others",
      title: { es: "Los demás", en: "The others" },
      points: 1,
      question: "others",
      decide(lab) {
        const waiting = pods(lab, "repartidos").filter((pod) => !isReadyPod(pod));
        return { right: stateOf(waiting[0]), evidence: waiting.map(podEvidence) };
      },
      mistakes: {
        Pending: { code: "others.pending", message: { es: "Máquina sí tienen: el planificador los coloca. Es allí donde falta el disco.", en: "They do have a machine: the scheduler places them. It is there that the disk is missing." }, next: go },
      },
      otherwise: { code: "others.other", message: { es: "Su contenedor no ha llegado a arrancar: espera un disco que está enganchado a otra máquina.", en: "Their container never started: it waits for a disk attached to another machine." }, next: go },
    }),
    answered({
      id: "together",
      title: { es: "Juntos", en: "Together" },
      points: 1,
      question: "together",
      decide(lab) {
        const all = pods(lab, "juntos");
        const count = all.filter(isReadyPod).length;
        return { right: String(count), evidence: [numberEvidence(ready, count, 3), ...all.map(podEvidence)] };
      },
      mistakes: {},
      otherwise: { code: "rwo.per-pod", message: { es: "RWO cuenta máquinas, no pods. En la misma máquina lo montan los tres.", en: "RWO counts machines, not Pods. On one machine all three mount it." }, next: { es: "Aplica juntos.yaml y cuenta.", en: "Apply juntos.yaml and count." } },
    }),
    answered({
      id: "cause",
      title: { es: "El evento responsable", en: "The responsible event" },
      points: 3,
      question: "cause",
      decide(lab) {
        const waiting = pods(lab, "repartidos").find((pod) => !isReadyPod(pod));
        const events = waiting ? eventsAbout(lab.cluster, waiting.metadata.name).filter((event) => event.type === "Warning" && event.message.includes("Multi-Attach")) : [];
        return { right: events[0]?.reason ?? "none", evidence: eventEvidence(events, 1) };
      },
      mistakes: {
        FailedScheduling: { code: "event.scheduling", message: { es: "El planificador acabó colocándolos: mira la columna NODE. Lo que falla viene después.", en: "The scheduler did place them: look at the NODE column. What fails comes later." }, next: { es: "Lee los eventos de un pod que sigue esperando y busca «Multi-Attach».", en: "Read the events of a Pod that still waits and look for “Multi-Attach”." } },
      },
      otherwise: { code: "event.unrelated", message: { es: "Ese evento no ha salido: los pods se crearon y ningún contenedor ha llegado a fallar.", en: "That event did not appear: the Pods were created and no container got as far as failing." }, next: { es: "Lee los eventos de un pod que sigue esperando y busca «Multi-Attach».", en: "Read the events of a Pod that still waits and look for “Multi-Attach”." } },
    }),
  ],
  hints: [
    { es: "¿Cuántas máquinas pueden montar a la vez un disco RWO?", en: "How many machines can mount an RWO disk at once?" },
    { es: "Busca Multi-Attach en los eventos.", en: "Look for Multi-Attach in the events." },
    { es: "Un pod Ready y los otros esperando el disco en ContainerCreating; en la misma máquina, los tres. Con RWX también los tres, repartidos.", en: "One Ready Pod and the others waiting for the disk in ContainerCreating; on one machine, all three. With RWX all three too, spread out." },
  ],
});
