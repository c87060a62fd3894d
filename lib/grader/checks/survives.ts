import { controllerOf, type Cluster } from "@/lib/engine";
import type { Finding } from "../exercise";
import { eventEvidence, eventsAbout, fail, numberEvidence, objectEvidence, pass } from "../finding";
import { readyPods, waitUntil } from "../observe";
import { deletePods } from "../act";

/** What is lost, and how soon it must be whole again. */
export interface Losing {
  readonly selector: string;
  readonly lose: number;
  /** Milliseconds of virtual time. */
  readonly within: number;
}

/** Deletes some of the pods and waits for as many Ready ones as before. Refused with `pods.not-replaced`. */
export function survives(cluster: Cluster, { selector, lose, within }: Losing): Finding {
  const before = readyPods(cluster, selector);
  const victims = before.slice(0, lose);
  deletePods(cluster, victims);
  const gone = new Set(victims.map((pod) => pod.metadata.uid));
  const living = (): readonly string[] => readyPods(cluster, selector).filter((pod) => !gone.has(pod.metadata.uid)).map((pod) => pod.metadata.name);
  const took = before.length === 0 ? undefined : waitUntil(cluster, () => living().length >= before.length, within);
  if (took !== undefined) return pass({ es: `Hemos borrado ${victims.length} pods y a los ${Math.round(took / 1000)} s volvían a ser ${before.length}.`, en: `We deleted ${victims.length} Pods and after ${Math.round(took / 1000)} s there were ${before.length} again.` });
  const orphan = victims.find((pod) => controllerOf(pod) === undefined);
  return fail(
    "pods.not-replaced",
    { es: `Hemos borrado ${victims.length} de los ${before.length} pods y ${within / 1000} s después sólo quedan ${living().length}. Nadie los repone.`, en: `We deleted ${victims.length} of the ${before.length} Pods and ${within / 1000} s later only ${living().length} are left. Nobody replaces them.` },
    { es: "Un pod lo repone su dueño. Mira `metadata.ownerReferences`: si está vacío, entrégalo dentro de un Deployment.", en: "A Pod is replaced by its owner. Look at `metadata.ownerReferences`: if it is empty, hand it over inside a Deployment." },
    [numberEvidence({ es: "Pods Ready tras borrar", en: "Ready Pods after deleting" }, living().length, before.length), ...(orphan ? [objectEvidence(orphan, "metadata.ownerReferences")] : []), ...eventEvidence(victims.flatMap((pod) => [...eventsAbout(cluster, pod.metadata.name, "Killing")]), 2)],
  );
}
