import { PERSISTENT_VOLUME_CLAIM, type JsonObject, type PacketTrace, type Pod } from "@/lib/engine";
import { answered, ask, defineExercise, deletePods, downloadFrom, fileEvidence, numberEvidence, objectsOf, packetEvidence, readyPods, settle, UPLOADS, type AnsweredBy, type Check, type Decision, type Probe } from "@/lib/grader";

const COUNTS = [3, 4, 5];
const DOOR = "http://192.168.1.11:30080";
const FILE = "informe.pdf";

function wordpress(replicas: number): JsonObject {
  return {
    apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "wp", namespace: "default" },
    spec: {
      replicas, selector: { matchLabels: { app: "wp" } },
      template: {
        metadata: { labels: { app: "wp" } },
        spec: {
          containers: [{ name: "wordpress", image: "wordpress:6", ports: [{ containerPort: 80 }], env: [{ name: "WORDPRESS_DB_HOST", value: "basedatos" }, { name: "WORDPRESS_DB_PASSWORD", value: "solo-para-practicar" }], volumeMounts: [{ name: "subidas", mountPath: "/var/www/html/wp-content/uploads" }] }],
          volumes: [{ name: "subidas", emptyDir: {} }],
        },
      },
    },
  };
}

const visit = (lab: Probe["workbench"]): PacketTrace => ask(lab.cluster, "client-b", `${DOOR}/wp-content/uploads/${FILE}`);
const upload = (lab: Probe["workbench"]): PacketTrace => ask(lab.cluster, "client-a", `${DOOR}/wp-admin/upload?name=${FILE}`, { method: "POST", body: "Informe" });
const holders = (lab: Probe["workbench"]): readonly Pod[] => readyPods(lab.cluster, "app=wp").filter((pod) => downloadFrom(lab.cluster, pod, FILE).response?.status === 200);

interface Measured {
  readonly hits: number;
  readonly of: number;
  readonly miss: PacketTrace | undefined;
  /** How many pods answered for each one that had the file. */
  readonly ratio: number;
}

/** Many separate connections, in this cluster and in one that started another day. */
function measured(probe: Probe): Measured {
  const days = [undefined, 101].map((seed) => {
    const lab = probe.lab(seed);
    if (seed !== undefined) {
      // Another start may be another variant: the number of replicas is the student's.
      lab.apply({ type: "run", line: `kubectl scale deployment wp --replicas=${Number(probe.params["replicas"])}` });
      settle(lab.cluster, 120_000);
    }
    upload(lab);
    return Array.from({ length: 120 }, () => visit(lab));
  });
  const traces = days.flat();
  const hits = traces.filter((trace) => trace.response?.status === 200);
  const names = (list: readonly PacketTrace[]): number => new Set(list.map((trace) => trace.servedBy?.name)).size;
  const first = days[0] ?? [];
  const ratio = Math.round(names(first) / Math.max(1, names(first.filter((trace) => trace.response?.status === 200))));
  return { hits: hits.length, of: traces.length, miss: traces.find((trace) => trace.response?.status === 404), ratio };
}

function perVariant(face: Pick<Check, "id" | "title" | "points">, spec: (replicas: number) => Omit<AnsweredBy, "id" | "title" | "points">): Check {
  return { ...face, run: (probe) => answered({ ...face, ...spec(Number(probe.params["replicas"])) }).run(probe) };
}

const go = { es: "Sube un fichero desde client-a y pídelo muchas veces desde client-b y cuenta.", en: "Upload a file from client-a and ask for it many times from client-b, and count." };

export default defineExercise({
  id: "l37-e3",
  lesson: "L37",
  kind: "predict",
  difficulty: 1,
  title: { es: "Una de cada tantas", en: "One in so many" },
  params: (seed) => ({ replicas: COUNTS[Math.abs(seed - 1) % COUNTS.length] ?? 3 }),
  setup: (params) => ({ fixture: "wp-galera", objects: [wordpress(Number(params["replicas"]))] }),
  tools: {
    terminal: true,
    send: [{ from: "client-b", url: `${DOOR}/wp-content/uploads/${FILE}`, label: { es: "B pide informe.pdf", en: "B asks for informe.pdf" } }],
  },
  questions: [
    {
      id: "chance",
      prompt: { es: "Hay {{replicas}} WordPress y cada uno guarda en un emptyDir. A sube informe.pdf. ¿Qué parte de las visitas de B lo ve?", en: "There are {{replicas}} WordPress and each saves in an emptyDir. A uploads informe.pdf. Which part of B's visits sees it?" },
      type: "single",
      options: [
        { id: "1", label: { es: "Todas", en: "All" } },
        { id: "2", label: { es: "Una de cada dos", en: "One in two" } },
        { id: "3", label: { es: "Una de cada tres", en: "One in three" } },
        { id: "4", label: { es: "Una de cada cuatro", en: "One in four" } },
        { id: "5", label: { es: "Una de cada cinco", en: "One in five" } },
      ],
    },
    { id: "after", prompt: { es: "Se borra justo el pod que lo guardó y llega su sustituto. ¿Qué porcentaje de las visitas lo ve ahora?", en: "The very Pod that saved it is deleted and its replacement arrives. What percentage of the visits sees it now?" }, type: "number", unit: { es: "%", en: "%" } },
    {
      id: "cause",
      prompt: { es: "Ahora pruébalo. ¿Cuál de estas cosas explica los 404?", en: "Now try it. Which of these explains the 404s?" },
      type: "single",
      options: [
        { id: "database", label: { es: "La base de datos no ha copiado el fichero a las otras", en: "The database has not copied the file to the others" } },
        { id: "own-folder", label: { es: "El fichero está en la carpeta de un solo pod", en: "The file is in the folder of a single Pod" } },
        { id: "service-down", label: { es: "El Service no encuentra pods y rechaza", en: "The Service finds no Pods and refuses" } },
        { id: "claim", label: { es: "La petición de volumen no está lista", en: "The volume claim is not bound" } },
      ],
    },
  ],
  checks: [
    perVariant({ id: "chance", title: { es: "La proporción", en: "The proportion" }, points: 2 }, (replicas) => ({
      question: "chance",
      decide(_lab, probe) {
        const { hits, of, miss, ratio } = measured(probe);
        return { right: String(ratio), evidence: [numberEvidence({ es: `Visitas que lo ven, de ${of}`, en: `Visits that see it, out of ${of}` }, hits, `≈ ${Math.round(of / replicas)}`), ...(miss ? [packetEvidence(miss)] : [])] };
      },
      mistakes: {
        "1": { code: "chance.all", message: { es: "Cada emptyDir es privado de su pod: los otros no ven lo que hay dentro.", en: "Each emptyDir is private to its Pod: the others do not see what is inside." }, next: go },
        "2": { code: "chance.half", message: { es: `No es tenerlo o no tenerlo a medias: son ${replicas} carpetas y el fichero está en una.`, en: `It is not a coin toss: there are ${replicas} folders and the file is in one.` }, next: go },
      },
      otherwise: { code: "chance.other", message: { es: "Cuenta las carpetas: hay una por pod, y el fichero está en una.", en: "Count the folders: there is one per Pod, and the file is in one." }, next: go },
    })),
    answered({
      id: "after",
      title: { es: "Después de recrear ese pod", en: "After that Pod is recreated" },
      points: 1,
      question: "after",
      decide(lab): Decision {
        upload(lab);
        deletePods(lab.cluster, holders(lab));
        settle(lab.cluster, 120_000);
        const hits = Array.from({ length: 100 }, () => visit(lab)).filter((trace) => trace.response?.status === 200).length;
        return { right: hits, evidence: [numberEvidence({ es: "Visitas que lo ven, de 100", en: "Visits that see it, out of 100" }, hits, 0)] };
      },
      mistakes: {},
      otherwise: { code: "after.kept", message: { es: "La carpeta nace y muere con su pod: el sustituto estrena una vacía y el PDF ya no está en ninguna.", en: "The folder is born and dies with its Pod: the replacement starts with an empty one, and the PDF is in none." }, next: { es: "Bórralo de verdad y vuelve a pedir el fichero.", en: "Delete it for real and ask for the file again." } },
    }),
    answered({
      id: "cause",
      title: { es: "La explicación", en: "The explanation" },
      points: 3,
      question: "cause",
      decide(lab) {
        upload(lab);
        const pods = readyPods(lab.cluster, "app=wp");
        const owners = holders(lab);
        const refused = Array.from({ length: 20 }, () => visit(lab)).some((trace) => trace.outcome !== "delivered");
        const claims = objectsOf(lab.cluster, PERSISTENT_VOLUME_CLAIM, "default").length;
        const right = refused ? "service-down" : claims > 0 ? "claim" : owners.length === 1 && pods.length > 1 ? "own-folder" : "database";
        return { right, evidence: pods.map((pod) => fileEvidence(lab.cluster, pod, `${UPLOADS}/${FILE}`)) };
      },
      mistakes: {
        database: { code: "cause.database", message: { es: "La base de datos guarda que el fichero existe, no el fichero. El PDF es un fichero del disco de WordPress.", en: "The database keeps that the file exists, not the file. The PDF is a file on WordPress's disk." }, next: { es: "Mira la carpeta de uploads de cada pod con `kubectl exec POD -- ls`.", en: "Look at the uploads folder of each Pod with `kubectl exec POD -- ls`." } },
      },
      otherwise: { code: "cause.other", message: { es: "El Service contesta siempre y aquí no hay ninguna petición de volumen. Mira qué pod da el 404.", en: "The Service always answers and there is no volume claim here. Look at which Pod gives the 404." }, next: { es: "Mira la carpeta de uploads de cada pod con `kubectl exec POD -- ls`.", en: "Look at the uploads folder of each Pod with `kubectl exec POD -- ls`." } },
    }),
  ],
  hints: [
    { es: "¿En qué pod quedó el fichero?", en: "On which Pod did the file end up?" },
    { es: "Cada conexión se sortea entre todos los pods del Service.", en: "Each connection is drawn among all the Pods of the Service." },
    { es: "Una de cada N, siendo N las réplicas; y ninguna si ese pod se recrea, porque su emptyDir se fue con él.", en: "One in N, N being the replicas; and none once that Pod is recreated, because its emptyDir left with it." },
  ],
});
