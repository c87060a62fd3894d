import { DEPLOYMENT, ENDPOINT_SLICE, POD, SERVICE, type Deployment, type EndpointSlice, type JsonObject, type Pod } from "@/lib/engine";
import { ask, defineExercise, eventEvidence, eventsAbout, fail, fileEvidence, fileIn, numberEvidence, objectEvidence, objectNamed, packetEvidence, pass, podEvidence, podsOf, readyPods, type Probe } from "@/lib/grader";
import { PAGE, suspectOf } from "./suspect";

const NAMES = ["web", "tienda", "portal", "blog"];
const MARKS = ["ERROR 17", "ERROR 42", "ERROR 88"];

function objects(app: string): readonly JsonObject[] {
  return [
    {
      apiVersion: "apps/v1", kind: "Deployment", metadata: { name: app, namespace: "default" },
      spec: { replicas: 4, selector: { matchLabels: { app } }, template: { metadata: { labels: { app } }, spec: { containers: [{ name: "nginx", image: "nginx:1.29", ports: [{ containerPort: 80 }] }] } } },
    },
    { apiVersion: "v1", kind: "Service", metadata: { name: app, namespace: "default" }, spec: { selector: { app }, ports: [{ port: 80, targetPort: 80 }] } },
  ];
}

const appOf = ({ params }: Probe): string => String(params["app"]);

function behindService({ cluster }: Probe, service: string): readonly string[] {
  return cluster
    .as("kubernetes-admin")
    .list<EndpointSlice>(ENDPOINT_SLICE, { namespace: "default", labelSelector: `kubernetes.io/service-name=${service}` })
    .flatMap((slice) => slice.endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready ?? true)
    .map((endpoint) => endpoint.targetRef?.name ?? "");
}

export default defineExercise({
  id: "l13-e3",
  lesson: "L13",
  kind: "terminal",
  difficulty: 2,
  title: { es: "El pod sospechoso", en: "The suspicious Pod" },
  params: (seed) => ({ app: NAMES[Math.abs(seed - 1) % NAMES.length] ?? "web", mark: MARKS[Math.abs(seed - 1) % MARKS.length] ?? "ERROR 17" }),
  setup: (params, seed) => {
    const app = String(params["app"]);
    const which = (Math.abs(seed) % 4) + 1;
    return {
      fixture: "three-nodes",
      objects: objects(app),
      prelude: [{ type: "run", line: `kubectl exec $(kubectl get pods -l app=${app} -o name | head -n ${which} | tail -n 1) -- sh -c "echo ${String(params["mark"])} > ${PAGE}"` }],
    };
  },
  tools: { terminal: true, editor: true },
  checks: [
    {
      id: "alive",
      title: { es: "El pod sospechoso sigue vivo, con sus pruebas", en: "The suspicious Pod is still alive, with its evidence" },
      points: 2,
      run(probe) {
        const { cluster, before } = probe;
        const app = appOf(probe);
        const first = suspectOf(before, String(probe.params["mark"]));
        const now = first && objectNamed<Pod>(cluster, POD, first.metadata.name);
        if (first && now?.metadata.uid === first.metadata.uid && now.metadata.deletionTimestamp === undefined && fileIn(cluster, now, PAGE) === fileIn(before, first, PAGE)) return pass();
        const evidence = first ? [fileEvidence(before, first, PAGE), fileEvidence(cluster, first, PAGE), ...eventEvidence(eventsAbout(cluster, first.metadata.name, "Killing"))] : [];
        const wanted = objectNamed<Deployment>(cluster, DEPLOYMENT, app)?.spec.replicas;
        if (wanted !== 4) {
          return fail("suspect.scaled-away", { es: `El Deployment pide ahora ${wanted ?? 0} réplicas y el sospechoso ha desaparecido. Al reducir, los pods que se van no los eliges tú.`, en: `The Deployment now asks for ${wanted ?? 0} replicas and the suspect is gone. When scaling down, you do not choose which Pods go.` }, { es: "Reinicia el ejercicio y saca a ese pod del recuento sin cambiar el número.", en: "Reset the exercise and take that Pod out of the count without changing the number." }, evidence);
        }
        return fail("suspect.deleted", { es: "El pod que contestaba mal ya no existe: con él se ha ido la prueba del delito.", en: "The Pod that answered wrongly no longer exists: the evidence left with it." }, { es: "Reinicia el ejercicio. El pod tiene que seguir en marcha; lo que hay que cambiar es quién lo reconoce.", en: "Reset the exercise. The Pod must keep running; what has to change is who recognises it." }, evidence);
      },
    },
    {
      id: "out",
      title: { es: "El Service ya no le manda a nadie", en: "The Service sends it nobody" },
      points: 2,
      run(probe) {
        const { cluster } = probe;
        const app = appOf(probe);
        const mark = String(probe.params["mark"]);
        const service = objectNamed(cluster, SERVICE, app);
        const traces = Array.from({ length: 40 }, () => ask(cluster, "node:node-1", `http://${String((service as { spec?: { clusterIP?: string } } | undefined)?.spec?.clusterIP ?? "0.0.0.0")}/`));
        const silent = traces.find((trace) => trace.outcome !== "delivered");
        if (!service || silent) return fail("service.silent", { es: `El Service ${app} ya no contesta. Había que apartar un pod, no cerrar la tienda.`, en: `The Service ${app} no longer answers. One Pod had to be set aside, not the whole shop.` }, { es: "Deja el Service como estaba; el cambio va en el pod.", en: "Leave the Service as it was; the change belongs on the Pod." }, silent ? [packetEvidence(silent)] : []);
        const hit = traces.find((trace) => trace.response?.body.includes(mark) === true);
        const known = behindService(probe, app);
        const suspect = suspectOf(cluster, mark);
        if (!hit && !(suspect && known.includes(suspect.metadata.name))) return pass();
        return fail("suspect.still-serving", { es: `Una visita al Service ${app} aún recibe «${mark}». El pod sigue en su lista porque lleva las etiquetas que el Service busca.`, en: `A visit to the Service ${app} still gets “${mark}”. The Pod is still on its list because it carries the labels the Service looks for.` }, { es: "Mira el selector con `kubectl describe service` y las etiquetas del pod con `kubectl get pods --show-labels`.", en: "Look at the selector with `kubectl describe service` and at the Pod's labels with `kubectl get pods --show-labels`." }, [...(hit ? [packetEvidence(hit)] : []), ...(suspect ? [objectEvidence(suspect, "metadata.labels")] : [])]);
      },
    },
    {
      id: "relief",
      title: { es: "Detrás del Service vuelve a haber cuatro pods sanos", en: "Behind the Service there are four healthy Pods again" },
      points: 2,
      run(probe) {
        const app = appOf(probe);
        const healthy = readyPods(probe.cluster, "").filter((pod) => behindService(probe, app).includes(pod.metadata.name) && fileIn(probe.cluster, pod, PAGE)?.includes(String(probe.params["mark"])) !== true);
        const all = podsOf(probe.cluster, "").filter((pod) => pod.metadata.deletionTimestamp === undefined);
        if (healthy.length === 4) return pass({ es: `Cuatro atienden y hay ${all.length} en total.`, en: `Four serve and there are ${all.length} in all.` });
        return fail("relief.missing", { es: `Detrás del Service hay ${healthy.length} pods sanos y deberían ser 4.`, en: `Behind the Service there are ${healthy.length} healthy Pods and there should be 4.` }, { es: "El ReplicaSet repone al que deja de contar. ¿Sigue contando al sospechoso, o le has cambiado el número?", en: "The ReplicaSet replaces the one it no longer counts. Does it still count the suspect, or did you change its number?" }, [numberEvidence({ es: "Pods sanos detrás del Service", en: "Healthy Pods behind the Service" }, healthy.length, 4), ...all.slice(0, 5).map(podEvidence)]);
      },
    },
  ],
  hints: [
    { es: "¿Cómo sabe el Service qué pods son suyos? No lleva una lista de nombres.", en: "How does the Service know which Pods are its own? It keeps no list of names." },
    { es: "Averigua cuál es leyendo su página: `kubectl exec POD -- cat /usr/share/nginx/html/index.html`. Después mira sus etiquetas.", en: "Find which one it is by reading its page: `kubectl exec POD -- cat /usr/share/nginx/html/index.html`. Then look at its labels." },
    { es: "`kubectl label pod POD app=en-observacion --overwrite`. El ReplicaSet deja de contarlo y crea otro.", en: "`kubectl label pod POD app=under-observation --overwrite`. The ReplicaSet stops counting it and creates another." },
  ],
});
