import { DEPLOYMENT, type Deployment } from "@/lib/engine";
import { defineServerChecks, fail, numberEvidence, objectNamed, podsOf, pass, readyPods, waitUntil } from "@/lib/grader";

export default defineServerChecks([
  {
    id: "changes-version",
    title: { es: "Cambia de versión sin que haya que tocar los pods", en: "It changes version without touching the Pods" },
    points: 1,
    run({ cluster, params }) {
      const name = String(params["name"]);
      const deployment = objectNamed<Deployment>(cluster, DEPLOYMENT, name);
      if (!deployment) return fail("deployment.missing", { es: `No hay ningún Deployment llamado ${name}.`, en: `There is no Deployment called ${name}.` }, { es: "Sin Deployment no hay quien cambie de versión.", en: "Without a Deployment nobody can change version." });
      const containers = deployment.spec.template.spec.containers.map((container) => ({ ...container, image: "nginx:1.28" }));
      cluster.as("kubernetes-admin").patch({ kind: DEPLOYMENT, namespace: "default", name }, { type: "merge", body: { spec: { template: { spec: { containers } } } } as never });
      const wanted = deployment.spec.replicas ?? 1;
      const updated = (): number => readyPods(cluster, "").filter((pod) => pod.spec.containers.some((container) => container.image === "nginx:1.28")).length;
      if (waitUntil(cluster, () => updated() === wanted && podsOf(cluster, "").length === wanted, 300_000) !== undefined) return pass();
      return fail("deployment.stuck", { es: "Hemos pedido otra versión de nginx y los pods no han cambiado.", en: "We asked for another nginx version and the Pods did not change." }, { es: "Comprueba que tu Deployment no está en pausa.", en: "Check that your Deployment is not paused." }, [numberEvidence({ es: "Pods con la versión nueva", en: "Pods with the new version" }, updated(), wanted)]);
    },
  },
]);
