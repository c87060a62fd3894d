import { answered, defineExercise, eventEvidence, eventsAbout, numberEvidence, objectEvidence, podEvidence, podsOf, settle, typed, type AnsweredBy, type Check, type Probe } from "@/lib/grader";

const COUNTS = [3, 4, 2, 5];
const FILE = "invitado.yaml";

function manifest(app: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: invitado\n  labels:\n    app: ${app}\nspec:\n  containers:\n    - name: nginx\n      image: nginx:1.29\n`;
}

/** Applies the bare pod in a fresh copy and lets the ReplicaSet do its work. */
function invite(lab: Probe["workbench"]): void {
  typed(lab, `kubectl apply -f ${FILE}`);
  settle(lab.cluster, 120_000);
}

/** A check whose feedback depends on the variant. */
function perVariant(face: Pick<Check, "id" | "title" | "points">, spec: (replicas: number) => Omit<AnsweredBy, "id" | "title" | "points">): Check {
  return { ...face, run: (probe) => answered({ ...face, ...spec(Number(probe.params["replicas"])) }).run(probe) };
}

export default defineExercise({
  id: "l13-e4",
  lesson: "L13",
  kind: "predict",
  difficulty: 3,
  title: { es: "El pod que nadie invitó", en: "The Pod nobody invited" },
  params: (seed) => ({ replicas: COUNTS[Math.abs(seed - 1) % COUNTS.length] ?? 3, app: seed % 2 === 1 ? "web" : "portada" }),
  setup: (params) => ({
    fixture: "three-nodes",
    objects: [
      {
        apiVersion: "apps/v1", kind: "ReplicaSet", metadata: { name: "fijo", namespace: "default" },
        spec: { replicas: params["replicas"] ?? 3, selector: { matchLabels: { app: params["app"] ?? "web" } }, template: { metadata: { labels: { app: params["app"] ?? "web" } }, spec: { containers: [{ name: "nginx", image: "nginx:1.29" }] } } },
      },
    ],
    files: { [FILE]: manifest(String(params["app"])) },
  }),
  tools: { terminal: true, editor: true },
  questions: [
    { id: "count", prompt: { es: "El ReplicaSet fijo pide {{replicas}}. Aplicas invitado.yaml, un Pod suelto con sus mismas etiquetas. ¿Cuántos pods quedan al final con app={{app}}?", en: "The ReplicaSet fijo asks for {{replicas}}. You apply invitado.yaml, a bare Pod with its same labels. How many Pods with app={{app}} are left in the end?" }, type: "number", unit: { es: "pods", en: "Pods" } },
    {
      id: "owner",
      prompt: { es: "Justo después de aplicarlo, ¿de quién es el pod invitado?", en: "Right after applying it, whose is the Pod invitado?" },
      type: "single",
      options: [
        { id: "nobody", label: { es: "De nadie: lo has creado tú", en: "Nobody's: you created it" } },
        { id: "fijo", label: { es: "Del ReplicaSet fijo", en: "The ReplicaSet fijo's" } },
      ],
    },
    {
      id: "cause",
      prompt: { es: "Ahora aplícalo. ¿Qué evento explica el número final?", en: "Now apply it. Which event explains the final number?" },
      type: "single",
      options: [
        { id: "SuccessfulCreate", label: { es: "SuccessfulCreate, del ReplicaSet", en: "SuccessfulCreate, of the ReplicaSet" } },
        { id: "SuccessfulDelete", label: { es: "SuccessfulDelete, del ReplicaSet", en: "SuccessfulDelete, of the ReplicaSet" } },
        { id: "FailedScheduling", label: { es: "FailedScheduling, del pod", en: "FailedScheduling, of the Pod" } },
        { id: "BackOff", label: { es: "BackOff, del pod", en: "BackOff, of the Pod" } },
      ],
    },
  ],
  checks: [
    perVariant({ id: "count", title: { es: "Cuántos quedan", en: "How many are left" }, points: 2 }, (replicas) => ({
      question: "count",
      decide(lab) {
        invite(lab);
        const pods = podsOf(lab.cluster, "").filter((pod) => pod.metadata.deletionTimestamp === undefined);
        return { right: pods.length, evidence: [numberEvidence({ es: "Pods al final", en: "Pods in the end" }, pods.length, replicas), ...pods.slice(0, 5).map(podEvidence)] };
      },
      mistakes: {
        [String(replicas + 1)]: { code: "count.one-more", message: { es: "El ReplicaSet no cuenta los que él creó: cuenta los que llevan sus etiquetas. Con el tuyo le salía uno de más.", en: "The ReplicaSet does not count those it created: it counts those that carry its labels. With yours it had one too many." }, next: { es: "Aplica invitado.yaml y mira qué pods siguen ahí diez segundos después.", en: "Apply invitado.yaml and see which Pods are there ten seconds later." } },
        [String(replicas - 1)]: { code: "count.one-less", message: { es: "Sobraba uno y borra uno, no dos.", en: "One was too many and it deletes one, not two." }, next: { es: "Aplica invitado.yaml y cuenta.", en: "Apply invitado.yaml and count." } },
      },
      otherwise: { code: "count.other", message: { es: "No es ese número. El ReplicaSet iguala lo que hay con lo que pide su `replicas`.", en: "That is not the number. The ReplicaSet makes what there is equal to its `replicas`." }, next: { es: "Aplica invitado.yaml y cuenta.", en: "Apply invitado.yaml and count." } },
    })),
    answered({
      id: "owner",
      title: { es: "De quién es", en: "Whose it is" },
      points: 1,
      question: "owner",
      decide(lab) {
        const { revision } = lab.cluster;
        invite(lab);
        // The pod may be gone within the same second: its history tells whose it was.
        const lives = lab.cluster.since(revision).filter((event) => event.object.metadata.name === "invitado").map((event) => event.object);
        const owned = lives.find((pod) => pod.metadata.ownerReferences !== undefined);
        return { right: owned?.metadata.ownerReferences?.[0]?.name ?? "nobody", evidence: owned ? [objectEvidence(owned, "metadata.ownerReferences")] : [] };
      },
      mistakes: {},
      otherwise: { code: "owner.orphan", message: { es: "Un pod sin dueño que lleva las etiquetas del selector no se queda huérfano: el ReplicaSet lo adopta, y desde entonces le suma.", en: "A Pod without an owner that carries the selector's labels does not stay an orphan: the ReplicaSet adopts it, and from then on counts it." }, next: { es: "Mira `metadata.ownerReferences` con `kubectl get pod invitado -o yaml` justo después de aplicar.", en: "Look at `metadata.ownerReferences` with `kubectl get pod invitado -o yaml` right after applying." } },
    }),
    answered({
      id: "cause",
      title: { es: "El evento responsable", en: "The responsible event" },
      points: 3,
      question: "cause",
      decide(lab) {
        const before = eventsAbout(lab.cluster, "fijo").length;
        invite(lab);
        const fresh = eventsAbout(lab.cluster, "fijo").filter((event) => event.involvedObject.kind === "ReplicaSet");
        return { right: fresh.find((event) => event.reason === "SuccessfulDelete")?.reason ?? fresh[0]?.reason ?? String(before), evidence: eventEvidence(fresh, 1) };
      },
      mistakes: {
        SuccessfulCreate: { code: "event.create", message: { es: "SuccessfulCreate cuenta pods que nacen, y aquí no ha hecho falta ninguno: sobraba.", en: "SuccessfulCreate tells of Pods being born, and none was needed here: there was one too many." }, next: { es: "Compara la hora de los eventos del ReplicaSet con la del apply.", en: "Compare the time of the ReplicaSet's events with that of the apply." } },
      },
      otherwise: { code: "event.unrelated", message: { es: "Ese evento no ha salido: el pod tenía sitio y su imagen existe.", en: "That event did not appear: the Pod had room and its image exists." }, next: { es: "Lee `kubectl describe replicaset fijo` hasta el final.", en: "Read `kubectl describe replicaset fijo` to the end." } },
    }),
  ],
  hints: [
    { es: "¿Cómo cuenta un ReplicaSet: por quién los creó o por lo que llevan puesto?", en: "How does a ReplicaSet count: by who created them, or by what they carry?" },
    { es: "Un pod sin dueño con las etiquetas justas se adopta. Después toca cuadrar el número.", en: "A Pod without an owner and with the right labels is adopted. Then the number has to match." },
    { es: "Lo adopta (ownerReferences), cuenta uno de más y borra uno: quedan los que pide `replicas`.", en: "It adopts it (ownerReferences), counts one too many and deletes one: what `replicas` asks for is left." },
  ],
});
