import type { Cluster, PacketTrace, Pod } from "@/lib/engine";
import type { Finding } from "../exercise";
import { fail, packetEvidence, pass } from "../finding";
import { ask, isReadyPod, podsOf, settle, waitUntil } from "../observe";
import { deletePods, logEvidence, objectNamed, podEvidence } from "../act";
import { POD } from "@/lib/engine";

/** How to speak to a database pod. */
export interface Database {
  readonly user: string;
  readonly password: string;
}

/** Runs SQL in the server of one pod, from its own machine. */
export function sql(cluster: Cluster, pod: Pod, statement: string, { user, password }: Database): PacketTrace {
  return ask(cluster, `node:${pod.spec.nodeName ?? ""}`, `mysql://${pod.status?.podIP ?? "0.0.0.0"}`, { body: statement, headers: { user, password } });
}

/**
 * A row written in a pod is still there after the pod is deleted and comes back under the same name (V04).
 * Refused with `rows.refused`, `rows.other-pod` (nobody came back with that name) or `rows.lost`.
 */
export function keepsRows(cluster: Cluster, pod: Pod, mark: string, database: Database): Finding {
  const { name } = pod.metadata;
  const written = sql(cluster, pod, `CREATE DATABASE juez; CREATE TABLE juez.filas (marca VARCHAR(40)); INSERT INTO juez.filas (marca) VALUES ('${mark}')`, database);
  if (written.response?.status !== 0) {
    return fail("rows.refused", { es: `${name} no acepta una fila de prueba: ${written.response?.body.trim() ?? written.outcome}.`, en: `${name} does not take a test row: ${written.response?.body.trim() ?? written.outcome}.` }, { es: "Mira su registro con `kubectl logs`.", en: "Look at its log with `kubectl logs`." }, [packetEvidence(written), logEvidence(cluster, pod)]);
  }
  deletePods(cluster, [pod]);
  const again = (): Pod | undefined => podsOf(cluster, "").find((other) => other.metadata.name === name && other.metadata.uid !== pod.metadata.uid && isReadyPod(other));
  waitUntil(cluster, () => again() !== undefined, 180_000);
  const back = again();
  if (!back) {
    return fail("rows.other-pod", { es: `Hemos borrado ${name} y no ha vuelto ninguno con ese nombre. Quien guarda lo suyo tiene que volver a ser él mismo, con su disco.`, en: `We deleted ${name} and none came back with that name. Whoever keeps their own data has to come back as themselves, with their disk.` }, { es: "Un StatefulSet repone cada pod con su nombre y su petición de volumen.", en: "A StatefulSet replaces each Pod with its name and its volume claim." }, podsOf(cluster, "").filter((other) => other.metadata.name.startsWith(name.split("-")[0] ?? name)).slice(0, 3).map(podEvidence));
  }
  settle(cluster, 60_000);
  const read = sql(cluster, objectNamed<Pod>(cluster, POD, name) ?? back, "SELECT marca FROM juez.filas", database);
  if (read.response?.body.includes(mark) === true) return pass({ es: `${name} ha vuelto con otro UID y la misma fila.`, en: `${name} came back with another UID and the same row.` });
  return fail("rows.lost", { es: `Escribimos una fila en ${name}, lo borramos y al volver ya no está: ${read.response?.body.trim() ?? read.outcome}. Sus datos se fueron con el pod.`, en: `We wrote a row in ${name}, deleted the Pod, and when it came back the row was gone: ${read.response?.body.trim() ?? read.outcome}. Its data left with the Pod.` }, { es: "Monta /var/lib/mysql desde un volumeClaimTemplate, no desde un emptyDir ni desde el propio contenedor.", en: "Mount /var/lib/mysql from a volumeClaimTemplate, not from an emptyDir or the container itself." }, [packetEvidence(read), podEvidence(back)]);
}
