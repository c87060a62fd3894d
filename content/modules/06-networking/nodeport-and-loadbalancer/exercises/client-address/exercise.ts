import { SERVICE, type PacketTrace, type Service } from "@/lib/engine";
import { ask, defineExercise, fail, isAnswered, numberEvidence, objectEvidence, objectNamed, packetEvidence, pass, type Probe } from "@/lib/grader";
import { CLIENT, SITE, seesClient, visits } from "./visits";

const TEMPLATE = `apiVersion: v1
kind: Service
metadata:
  name: publica
spec:
  type: LoadBalancer
  externalTrafficPolicy: ⟦policy⟧
  healthCheckNodePort: ⟦health⟧
  selector:
    app: puerta
  ports:
    - port: 80
      targetPort: 80
      nodePort: 30080
`;

const serviceOf = ({ cluster }: Probe): Service | undefined => objectNamed<Service>(cluster, SERVICE, "publica");

function lossOf(probe: Probe, traces: readonly PacketTrace[], bad: PacketTrace) {
  const service = serviceOf(probe);
  const lost = traces.filter((trace) => !isAnswered(trace)).length;
  const evidence = [numberEvidence({ es: "Peticiones perdidas de 12", en: "Requests lost out of 12" }, lost, 0), packetEvidence(bad), ...(service ? [objectEvidence(service, "spec")] : [])];
  const check = probe.cluster.world.balancer("balanceador", 80)?.healthCheck;
  if (!service) return fail("service.missing", { es: "No hay ningún Service publica: la API lo ha rechazado o no lo has aplicado.", en: "There is no Service publica: the API refused it or you have not applied it." }, { es: "Rellena los dos huecos y aplica publica.yaml; lee lo que contesta.", en: "Fill in both gaps and apply publica.yaml; read what it answers." }, evidence);
  if (check === undefined) return fail("local.no-health-check", { es: `De 12 peticiones se pierden ${lost}. Con Local, las máquinas sin pod tiran lo que les llega, y tu balanceador no lo sabe: no les pregunta.`, en: `Of 12 requests ${lost} are lost. With Local, machines without a Pod drop what reaches them, and your balancer does not know: it does not ask.` }, { es: "Dile al balanceador que sondee el healthCheckNodePort, en /healthz.", en: "Tell the balancer to probe the healthCheckNodePort, at /healthz." }, evidence);
  return fail("health.wrong-port", { es: `El balanceador sondea el ${check.port}, y el Service contesta a su sondeo en el ${String(service.spec.healthCheckNodePort ?? "—")}. Da por muertas a máquinas que están bien, o por vivas a las que no tienen pod.`, en: `The balancer probes ${check.port}, and the Service answers its probe on ${String(service.spec.healthCheckNodePort ?? "—")}. It takes good machines for dead, or those without a Pod for alive.` }, { es: "Los dos números tienen que coincidir, y la ruta es /healthz.", en: "Both numbers must match, and the path is /healthz." }, evidence);
}

export default defineExercise({
  id: "l28-e5",
  lesson: "L28",
  kind: "gaps",
  difficulty: 2,
  title: { es: "¿De quién viene esta petición?", en: "Who does this request come from?" },
  setup: () => ({ fixture: "prod-4", files: { "publica.yaml": TEMPLATE } }),
  gaps: {
    file: "publica.yaml",
    template: TEMPLATE,
    fields: [
      { id: "policy", label: { es: "Política para el tráfico de fuera", en: "Policy for outside traffic" }, options: ["Cluster", "Local"] },
      { id: "health", label: { es: "Puerto de sondeo (30000-32767, distinto del 30080)", en: "Health check port (30000-32767, other than 30080)" } },
    ],
  },
  tools: { balancer: true, terminal: true, editor: true, send: [{ from: "cliente", url: SITE, label: { es: "Entrar por el balanceador", en: "Enter by the balancer" } }] },
  checks: [
    {
      id: "source",
      title: { es: "El pod ve la IP del cliente", en: "The Pod sees the client's IP" },
      points: 2,
      run(probe) {
        const delivered = visits(probe.cluster).filter(isAnswered);
        const service = serviceOf(probe);
        const other = delivered.find((trace) => !seesClient(trace));
        if (delivered.length > 0 && !other) return pass(undefined, delivered.slice(0, 1).map(packetEvidence));
        if (!other) return fail("source.silent", { es: "No ha llegado ninguna petición al pod, así que no hay nada que ver.", en: "No request reached the Pod, so there is nothing to see." }, { es: "Consigue primero que el balanceador llegue a alguna máquina.", en: "First get the balancer to reach some machine." }, [packetEvidence(ask(probe.cluster, "cliente", SITE))]);
        return fail("source.rewritten", { es: `El tráfico llega, pero con la IP del nodo de entrada en lugar de ${CLIENT}: al reenviar a otra máquina, el nodo puso la suya.`, en: `The traffic arrives, but with the entry node's IP instead of ${CLIENT}: when forwarding to another machine, the node put its own.` }, { es: "Con `Local` el nodo no reenvía, y el origen se conserva.", en: "With `Local` the node does not forward, and the source is kept." }, [packetEvidence(other), ...(service ? [objectEvidence(service, "spec.externalTrafficPolicy")] : [])]);
      },
    },
    {
      id: "no-loss",
      title: { es: "No se pierde ninguna petición", en: "No request is lost" },
      points: 3,
      run(probe) {
        const traces = visits(probe.cluster);
        const bad = traces.find((trace) => !isAnswered(trace));
        return bad ? lossOf(probe, traces, bad) : pass({ es: "Doce de doce.", en: "Twelve out of twelve." });
      },
    },
  ],
  hints: [
    { es: "Un nodo que no reenvía no necesita poner su IP.", en: "A node that does not forward need not put its own IP." },
    { es: "Con `Local`, las máquinas sin pod callan. El balanceador tiene que enterarse: para eso está el puerto de sondeo.", en: "With `Local`, machines without a Pod stay silent. The balancer has to find out: the health check port is for that." },
    { es: "`Local`, un healthCheckNodePort como 31999, y en el balanceador el sondeo de ese puerto en /healthz.", en: "`Local`, a healthCheckNodePort such as 31999, and in the balancer a probe of that port at /healthz." },
  ],
});
