import { DEPLOYMENT, POD, REPLICA_SET, type Deployment, type Pod, type ReplicaSet } from "@/lib/engine";
import { defineExercise, fail, firstFailure, objectEvidence, objectNamed, objectsOf, podsReady, refusals, survives, type Finding, type Probe } from "@/lib/grader";

const NAMES = ["web", "portada", "tienda", "catalogo", "noticias"];
const COUNTS = [4, 5, 3, 6];

/** The pods' labels, as a selector; those of the Deployment when it is there. */
function selectorOf({ cluster, params }: Probe): string | undefined {
  const labels = objectNamed<Deployment>(cluster, DEPLOYMENT, String(params["name"]))?.spec.selector.matchLabels ?? {};
  const words = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return words.length === 0 ? undefined : words.join(",");
}

function deploymentIsThere(probe: Probe): Finding | undefined {
  const { cluster, params, workbench } = probe;
  const name = String(params["name"]);
  if (objectNamed<Deployment>(cluster, DEPLOYMENT, name)) return undefined;
  const refused = refusals(workbench);
  const words = refused.map((item) => (item.type === "api" ? item.message : "")).join("\n");
  if (words.includes("does not match template")) {
    return fail("selector.mismatch", { es: "La API ha rechazado tu Deployment: el selector busca unas etiquetas y la plantilla pone otras. Crearía pods que no reconoce como suyos.", en: "The API refused your Deployment: the selector looks for some labels and the template sets others. It would create Pods it does not recognise as its own." }, { es: "Escribe las mismas etiquetas en `spec.selector.matchLabels` y en `spec.template.metadata.labels`.", en: "Write the same labels in `spec.selector.matchLabels` and in `spec.template.metadata.labels`." }, refused);
  }
  const set = objectsOf<ReplicaSet>(cluster, REPLICA_SET, "default")[0];
  if (set) return fail("deployment.only-replicaset", { es: "Hay un ReplicaSet y no un Deployment. Mantiene el número, pero no sabe cambiar de versión.", en: "There is a ReplicaSet and no Deployment. It keeps the number but cannot change version." }, { es: "Cambia el `kind` por Deployment: él escribirá el ReplicaSet.", en: "Change the `kind` to Deployment: it will write the ReplicaSet." }, [objectEvidence(set)]);
  const pods = objectsOf<Pod>(cluster, POD, "default");
  if (pods.length > 0) return fail("pods.bare", { es: `Hay ${pods.length} pods sueltos y ningún Deployment. Funcionan hasta que se borra uno: nadie los repone.`, en: `There are ${pods.length} bare Pods and no Deployment. They work until one is deleted: nobody replaces them.` }, { es: "Mete la plantilla en un Deployment y deja que los cree él.", en: "Put the template in a Deployment and let it create them." }, pods.slice(0, 1).map((pod) => objectEvidence(pod, "metadata.ownerReferences")));
  return fail("deployment.missing", { es: `No hay ningún Deployment llamado ${name} en el clúster.`, en: `There is no Deployment called ${name} in the cluster.` }, { es: "Guarda el manifiesto y aplícalo con `kubectl apply -f deployment.yaml`; lee lo que contesta la API.", en: "Save the manifest and apply it with `kubectl apply -f deployment.yaml`; read what the API answers." }, refused);
}

function runsNginx({ cluster, params }: Probe, selector: string): Finding | undefined {
  const other = objectsOf<Pod>(cluster, POD, "default").find((pod) => pod.spec.containers.every((container) => !/(^|\/)nginx(:|@|$)/.test(container.image ?? "")));
  if (!other) return undefined;
  return fail("image.not-nginx", { es: `Los pods de ${String(params["name"])} no llevan nginx (${selector}).`, en: `The Pods of ${String(params["name"])} do not run nginx (${selector}).` }, { es: "Usa la imagen nginx:1.29.", en: "Use the image nginx:1.29." }, [objectEvidence(other, "spec.containers")]);
}

export default defineExercise({
  id: "l13-e1",
  lesson: "L13",
  kind: "manifest",
  difficulty: 1,
  title: { es: "Una plantilla y un número", en: "A template and a number" },
  params: (seed) => ({ name: NAMES[(seed - 1 + NAMES.length) % NAMES.length] ?? "web", replicas: COUNTS[(seed - 1 + COUNTS.length) % COUNTS.length] ?? 4 }),
  setup: () => ({ fixture: "three-nodes" }),
  tools: { editor: true, terminal: true },
  checks: [
    {
      id: "ready",
      title: { es: "El Deployment tiene todos sus nginx en marcha", en: "The Deployment has all its nginx running" },
      points: 3,
      run(probe) {
        const missing = deploymentIsThere(probe);
        if (missing) return missing;
        const selector = selectorOf(probe) ?? "";
        return firstFailure(() => podsReady(probe.cluster, { selector, count: Number(probe.params["replicas"]) }), () => runsNginx(probe, selector));
      },
    },
    {
      id: "survives",
      title: { es: "Si se borran dos pods, vuelven a salir", en: "If two Pods are deleted, two more appear" },
      points: 2,
      run(probe) {
        const selector = selectorOf(probe);
        if (selector !== undefined) return survives(probe.cluster, { selector, lose: 2, within: 60_000 });
        if (objectsOf<Pod>(probe.cluster, POD, "default").length === 0) return fail("pods.none", { es: "No hay pods que borrar.", en: "There are no Pods to delete." }, { es: "Aplica primero el Deployment.", en: "Apply the Deployment first." });
        return survives(probe.cluster, { selector: "", lose: 2, within: 60_000 });
      },
    },
  ],
  hints: [
    { es: "Las etiquetas se escriben dos veces: una para reconocer a los pods y otra para sellarlos al nacer.", en: "Labels are written twice: once to recognise the Pods and once to stamp them at birth." },
    { es: "Compara `spec.selector.matchLabels` con `spec.template.metadata.labels`. Si no son iguales, la API lo dice al aplicar.", en: "Compare `spec.selector.matchLabels` with `spec.template.metadata.labels`. If they differ, the API says so on apply." },
    { es: "Es un `kind: Deployment` de `apps/v1` con `replicas`, `selector` y `template`; dentro de la plantilla, un contenedor con la imagen nginx:1.29.", en: "It is a `kind: Deployment` of `apps/v1` with `replicas`, `selector` and `template`; inside the template, one container with the image nginx:1.29." },
  ],
});

