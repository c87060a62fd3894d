import { defineServerChecks, deletePods, fail, isAnswered, packetEvidence, pass, readyPods, settle } from "@/lib/grader";
import { seesClient, visits } from "./visits";

export default defineServerChecks([
  {
    id: "moves",
    title: { es: "Sigue valiendo cuando el pod cambia de máquina", en: "It still holds when the Pod changes machine" },
    points: 1,
    run({ cluster, workbench }) {
      const pods = readyPods(cluster, "app=puerta");
      for (const pod of pods.slice(0, 1)) workbench.apply({ type: "run", line: `kubectl cordon ${pod.spec.nodeName ?? ""}` });
      deletePods(cluster, pods.slice(0, 1));
      settle(cluster, 120_000);
      const bad = visits(cluster).find((trace) => !isAnswered(trace) || !seesClient(trace));
      if (!bad) return pass();
      return fail("balancer.pinned", { es: "Hemos movido el pod a otra máquina y se han perdido peticiones, o han llegado sin la IP del cliente.", en: "We moved the Pod to another machine and requests were lost, or arrived without the client's IP." }, { es: "El balanceador tiene que conocer las cuatro máquinas y elegir por el sondeo, no a mano.", en: "The balancer must know the four machines and choose by the probe, not by hand." }, [packetEvidence(bad)]);
    },
  },
]);
