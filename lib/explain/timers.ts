import { goDuration, TIMERS, type Timer, type TimerGroup } from "@/lib/engine";
import { pick, text, type Locale, type Text } from "@/lib/text";

type Sentences = { readonly [G in TimerGroup]: { readonly [T in keyof (typeof TIMERS)[G]]: Text } };

/** What each default span of time is for. */
const SENTENCES: Sentences = {
  nodes: {
    lease: text("Lo que vale el latido (Lease) de un nodo sin renovarse.", "How long a node's heartbeat (Lease) lasts without renewal."),
    monitorPeriod: text("Cada cuánto se miran los latidos de los nodos.", "How often the nodes' heartbeats are looked at."),
    monitorGrace: text("Silencio de un kubelet hasta que su nodo pasa a NotReady.", "A kubelet's silence until its node becomes NotReady."),
    tolerated: text("Lo que un pod aguanta en un nodo caído antes de ser desalojado.", "How long a pod stays on a lost node before it is evicted."),
    evictionPace: text("Entre un nodo vaciado y el siguiente de su zona.", "Between one emptied node and the next of its zone."),
    slowEvictionPace: text("Lo mismo cuando ha caído más de la mitad de una zona grande.", "The same when more than half of a large zone is down."),
    goneQuarantine: text("Desde que se borra un nodo hasta que se dan por perdidos sus pods.", "From a node's deletion until its pods count as lost."),
    podGc: text("Cada cuánto se recogen los pods que nadie va a quitar.", "How often pods nobody will remove are collected."),
  },
  pods: {
    terminationGrace: text("De SIGTERM a SIGKILL.", "From SIGTERM to SIGKILL."),
    crashBackoff: text("Primera espera de CrashLoopBackOff; luego se dobla.", "First wait of CrashLoopBackOff; then it doubles."),
    crashBackoffMost: text("La espera más larga de CrashLoopBackOff.", "The longest wait of CrashLoopBackOff."),
    probePeriod: text("Entre una sonda y la siguiente.", "Between one probe and the next."),
    probeTimeout: text("Lo que una sonda espera respuesta.", "How long a probe waits for its answer."),
    sandboxRetry: text("Hasta volver a intentar la red de un pod.", "Until a pod's network is tried again."),
    evictionCheck: text("Cada cuánto compara el kubelet lo que queda con sus umbrales.", "How often the kubelet compares what is left with its thresholds."),
    pressureTransition: text("Desde que deja de faltar algo hasta que el nodo dice que ya no falta.", "From the end of a shortage until the node says it is over."),
  },
  workloads: {
    progressDeadline: text("Sin avanzar, hasta que un despliegue se da por atascado.", "Without progress, until a rollout counts as stuck."),
    jobBatch: text("Los cambios de los pods de un Job se miran juntos.", "Changes of a Job's pods are looked at together."),
    jobBackoff: text("Primera espera de un Job tras un fallo; luego se dobla.", "A Job's first wait after a failure; then it doubles."),
    jobBackoffMost: text("La espera más larga de un Job tras un fallo.", "A Job's longest wait after a failure."),
    daemonBackoff: text("Primera espera de un DaemonSet donde su pod falla; luego se dobla.", "A DaemonSet's first wait where its pod fails; then it doubles."),
    daemonBackoffMost: text("La espera más larga de un DaemonSet donde su pod falla.", "A DaemonSet's longest wait where its pod fails."),
    autoscalerSync: text("Cada cuánto mira el HorizontalPodAutoscaler.", "How often the HorizontalPodAutoscaler looks."),
    downscaleStabilization: text("Lo que debe durar la calma para reducir réplicas.", "How long calm must last before replicas are taken away."),
    cpuInitialization: text("Desde que arranca un pod, su CPU se toma con cautela.", "From a pod's start its CPU is taken with caution."),
    readinessDelay: text("Un pod que en este tiempo no está listo es que aún arranca.", "A pod not ready within this time is still starting."),
    disruption: text("Lo que un PodDisruptionBudget espera a que se vaya un pod desalojado.", "How long a PodDisruptionBudget waits for an evicted pod to go."),
  },
  scheduling: {
    backoff: text("Primera espera de un pod que no cabe; luego se dobla.", "First wait of a pod that does not fit; then it doubles."),
    backoffMost: text("La espera más larga de un pod que no cabe.", "The longest wait of a pod that does not fit."),
  },
  storage: {
    unmountPatience: text("Lo que se espera a un nodo perdido para quitarle su disco.", "How long a lost node is waited for before its disk is taken away."),
    volumeRefresh: text("Cada cuánto llegan a los pods los ConfigMap y Secret montados que cambian.", "How often changed ConfigMaps and Secrets reach the pods that mount them."),
    mountRetry: text("Primera espera para volver a montar un volumen; luego se dobla.", "First wait before a volume is mounted again; then it doubles."),
    mountRetryMost: text("La espera más larga para volver a montar un volumen.", "The longest wait before a volume is mounted again."),
  },
  api: {
    eventTtl: text("Lo que se guarda un Event desde que se escribió por última vez.", "How long an Event is kept after it was last written."),
    namespaceGrace: text("Desde que se borra un namespace hasta que empieza a vaciarse.", "From a namespace's deletion until it begins to be emptied."),
    sessionAffinity: text("Lo que un Service recuerda a qué pod va un cliente.", "How long a Service remembers which pod a client goes to."),
    metricsResolution: text("Cada cuánto mide metrics-server.", "How often metrics-server measures."),
  },
};

/** A line about a timer, for a reader. */
export interface TimerLine {
  readonly what: string;
  /** As Go prints it: `5m0s`. */
  readonly wait: string;
  readonly setBy: string;
}

/** The default spans of time of one group, in order. */
export function timerLines(group: TimerGroup, locale: Locale): readonly TimerLine[] {
  const sentences = SENTENCES[group] as Readonly<Record<string, Text>>;
  return Object.entries<Timer>(TIMERS[group]).map(([name, { ms, setBy }]) => ({ what: pick(sentences[name] as Text, locale), wait: goDuration(ms), setBy }));
}

/** Headings of a table of {@link timerLines}. */
export function timerHeadings(locale: Locale): Readonly<Record<keyof TimerLine, string>> {
  return { what: pick(text("Plazo", "Wait"), locale), wait: pick(text("Por defecto", "Default"), locale), setBy: pick(text("Se cambia con", "Set by"), locale) };
}
