import { INGRESS, POD } from "@/lib/engine";
import { defineServerChecks, fail, firstFailure, reaches, untouched } from "@/lib/grader";

export default defineServerChecks([
  {
    id: "inside-too",
    title: { es: "Por dentro todo sigue igual", en: "Inside nothing changed" },
    points: 1,
    run({ before, cluster }) {
      return firstFailure(
        () => untouched(before, cluster, { kinds: [INGRESS, POD] }),
        () => {
          const inside = reaches(cluster, { from: "pod:apache-app2-1", url: "http://ingresscontroller/", host: "app2.prod.es", times: 4 });
          if (inside.passed) return inside;
          return fail("inside.broken", { es: "Un pod que llamaba a `http://ingresscontroller/` ya no puede: le has cambiado el puerto de dentro.", en: "A Pod that called `http://ingresscontroller/` no longer can: you changed the inner port." }, { es: "`port` es el que usan los de dentro; déjalo en 80.", en: "`port` is the one used from inside; leave it at 80." }, inside.evidence);
        },
      );
    },
  },
]);
