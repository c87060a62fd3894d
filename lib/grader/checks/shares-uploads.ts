import type { Cluster, PacketTrace, Pod } from "@/lib/engine";
import type { Text } from "@/lib/text";
import type { Evidence, Finding } from "../exercise";
import { fail, numberEvidence, packetEvidence, pass } from "../finding";
import { ask, isAnswered } from "../observe";
import { fileEvidence, logEvidence } from "../act";

/** Where WordPress keeps what is uploaded. */
export const UPLOADS = "/var/www/html/wp-content/uploads";

/** A request straight to a pod, from its own machine. */
export function askPod(cluster: Cluster, pod: Pod, path: string, body?: string): PacketTrace {
  return ask(cluster, `node:${pod.spec.nodeName ?? ""}`, `http://${pod.status?.podIP ?? "0.0.0.0"}${path}`, body === undefined ? {} : { method: "POST", body });
}

/** Uploads a file through one pod. */
export function uploadTo(cluster: Cluster, pod: Pod, name: string, body: string): PacketTrace {
  return askPod(cluster, pod, `/wp-admin/upload?name=${name}`, body);
}

/** Asks one pod for an uploaded file. */
export function downloadFrom(cluster: Cluster, pod: Pod, name: string): PacketTrace {
  return askPod(cluster, pod, `/wp-content/uploads/${name}`);
}

const label: Text = { es: "Pods que tienen el fichero", en: "Pods that have the file" };

/**
 * A file uploaded through the first pod can be read through each of the others (V03). The name and the content are the
 * caller's, so that no answer prepared beforehand passes. Refused with `uploads.refused` or `uploads.not-shared`.
 */
export function sharesUploads(cluster: Cluster, pods: readonly Pod[], name: string, body: string): Finding {
  const [first, ...others] = pods;
  if (!first || others.length === 0) return fail("uploads.refused", { es: "No hay varios WordPress en marcha entre los que compartir.", en: "There are not several WordPress running to share between." }, { es: "Consigue primero que los pods estén Ready.", en: "Get the Pods Ready first." });
  const sent = uploadTo(cluster, first, name, body);
  if (!isAnswered(sent)) {
    return fail("uploads.refused", { es: `Hemos subido ${name} por ${first.metadata.name} y ha contestado ${sent.response?.status ?? sent.outcome}. Sin base de datos, WordPress no acepta subidas.`, en: `We uploaded ${name} through ${first.metadata.name} and it answered ${sent.response?.status ?? sent.outcome}. Without its database WordPress takes no uploads.` }, { es: "Comprueba que MariaDB responde y que WORDPRESS_DB_HOST y WORDPRESS_DB_PASSWORD son los suyos.", en: "Check that MariaDB answers and that WORDPRESS_DB_HOST and WORDPRESS_DB_PASSWORD are right." }, [packetEvidence(sent), logEvidence(cluster, first)]);
  }
  const lacking = others.filter((pod) => downloadFrom(cluster, pod, name).response?.body !== body);
  const number = numberEvidence(label, pods.length - lacking.length, pods.length);
  const witness = lacking[0];
  if (!witness) return pass({ es: `${name} se subió por ${first.metadata.name} y lo dan los ${pods.length}.`, en: `${name} was uploaded through ${first.metadata.name} and all ${pods.length} give it.` }, [number]);
  const trip: Evidence = packetEvidence(downloadFrom(cluster, witness, name));
  return fail(
    "uploads.not-shared",
    { es: `Hemos subido ${name} por ${first.metadata.name} y en ${witness.metadata.name} no está: ${downloadFrom(cluster, witness, name).response?.status ?? "sin respuesta"}. Lo tiene ${pods.length - lacking.length} de ${pods.length}, así que tu cliente lo ve según a quién le toque.`, en: `We uploaded ${name} through ${first.metadata.name} and it is not on ${witness.metadata.name}: ${downloadFrom(cluster, witness, name).response?.status ?? "no answer"}. ${pods.length - lacking.length} of ${pods.length} has it, so your client sees it depending on who answers.` },
    { es: "Cada pod guarda en su propia carpeta. Haz que todos monten la misma petición de volumen en wp-content/uploads.", en: "Each Pod saves in a folder of its own. Make all of them mount the same volume claim on wp-content/uploads." },
    [number, trip, fileEvidence(cluster, first, `${UPLOADS}/${name}`), fileEvidence(cluster, witness, `${UPLOADS}/${name}`)],
  );
}
