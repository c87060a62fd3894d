import type { Cluster } from "@/lib/engine";
import type { Evidence, Finding } from "../exercise";
import { eventEvidence, eventsAbout, fail, numberEvidence, pass } from "../finding";
import { isReadyPod, podsOf } from "../observe";
import { podEvidence } from "../act";

/** Which pods, and how many of them. */
export interface Crew {
  readonly selector: string;
  readonly count: number;
  readonly namespace?: string;
}

const looked = { es: "Pods Ready", en: "Ready Pods" };

/** Exactly so many pods of a selector are Ready. Refused with `pods.none`, `pods.not-ready` or `pods.wrong-count`. */
export function podsReady(cluster: Cluster, { selector, count, namespace = "default" }: Crew): Finding {
  const pods = podsOf(cluster, selector, namespace).filter((pod) => pod.metadata.deletionTimestamp === undefined);
  const ready = pods.filter(isReadyPod);
  const number: Evidence = numberEvidence(looked, ready.length, count);
  const waiting = pods.filter((pod) => !isReadyPod(pod));
  if (pods.length === 0) {
    return fail("pods.none", { es: `No hay ningún pod con la etiqueta ${selector}.`, en: `There is no Pod with the label ${selector}.` }, { es: "Mira `kubectl get pods --show-labels`: ¿existen y llevan otra etiqueta, o no se han creado?", en: "Look at `kubectl get pods --show-labels`: do they exist with another label, or were they never created?" }, [number]);
  }
  if (waiting.length > 0 && ready.length < count) {
    const first = waiting[0];
    const events = first ? eventsAbout(cluster, first.metadata.name).filter((event) => event.type === "Warning") : [];
    return fail("pods.not-ready", { es: `De los pods con ${selector}, ${ready.length} están Ready y hacían falta ${count}. Un pod que no está Ready existe, pero no atiende.`, en: `Of the Pods with ${selector}, ${ready.length} are Ready and ${count} were needed. A Pod that is not Ready exists but serves nobody.` }, { es: "Lee los eventos del que espera con `kubectl describe pod`.", en: "Read the events of the one that waits with `kubectl describe pod`." }, [number, ...waiting.slice(0, 2).map(podEvidence), ...eventEvidence(events, 2)]);
  }
  if (ready.length !== count) {
    return fail("pods.wrong-count", { es: `Hay ${ready.length} pods Ready con ${selector} y se pedían ${count}.`, en: `There are ${ready.length} Ready Pods with ${selector} and ${count} were asked for.` }, { es: "Revisa `replicas`.", en: "Check `replicas`." }, [number]);
  }
  return pass(undefined, [number]);
}
