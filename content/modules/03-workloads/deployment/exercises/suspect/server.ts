import { DEPLOYMENT, SERVICE } from "@/lib/engine";
import { defineServerChecks, fail, firstFailure, objectEvidence, pass, podsOf, untouched } from "@/lib/grader";
import { suspectOf } from "./suspect";

export default defineServerChecks([
  {
    id: "only-that-one",
    title: { es: "Sólo se ha apartado a ese pod", en: "Only that Pod was set aside" },
    points: 1,
    run({ cluster, before, params }) {
      return firstFailure(
        () => untouched(before, cluster, { kinds: [DEPLOYMENT, SERVICE] }),
        () => {
          const suspect = suspectOf(before, String(params["mark"]));
          const now = new Set(podsOf(cluster, "").map((pod) => pod.metadata.uid));
          const lost = podsOf(before, "").find((pod) => pod.metadata.uid !== suspect?.metadata.uid && !now.has(pod.metadata.uid));
          if (!lost) return pass();
          return fail("others.lost", { es: `${lost.metadata.name} estaba sano y ya no está.`, en: `${lost.metadata.name} was healthy and is gone.` }, { es: "Actúa sobre un solo pod, por su nombre.", en: "Act on a single Pod, by its name." }, [objectEvidence(lost)]);
        },
      );
    },
  },
]);
