import { PERSISTENT_VOLUME_CLAIM, type KubeObject, type Pod } from "@/lib/engine";
import { defineExercise, deletePods, downloadFrom, eventEvidence, eventsAbout, fail, fileEvidence, isAnswered, keepsRows, logEvidence, nodesOf, numberEvidence, objectEvidence, objectNamed, packetEvidence, pass, podEvidence, podsOf, readyPods, settle, sharesUploads, uploadTo, UPLOADS, type Finding, type Probe } from "@/lib/grader";

const ROOT = { user: "root", password: "solo-para-practicar" };

const wordpress = ({ cluster }: Probe): readonly Pod[] => readyPods(cluster, "app=wp");
const mariadb = ({ cluster }: Probe): readonly Pod[] => readyPods(cluster, "app=mariadb");
const claimsOf = (pod: Pod): readonly string[] => (pod.spec.volumes ?? []).flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);

/** One pod of each machine first, so that a file uploaded through the first is asked for on the others. */
function spread(pods: readonly Pod[]): readonly Pod[] {
  const firsts = nodesOf(pods).flatMap((node) => pods.find((pod) => pod.spec.nodeName === node) ?? []);
  return [...firsts, ...pods.filter((pod) => !firsts.includes(pod))];
}

function wordpressReady(probe: Probe): Finding | undefined {
  const ready = wordpress(probe);
  const number = numberEvidence({ es: "WordPress Ready", en: "Ready WordPress" }, ready.length, 8);
  if (ready.length === 8 && nodesOf(ready).length > 1) return undefined;
  const claim = ready.flatMap(claimsOf)[0];
  const stored = claim === undefined ? undefined : objectNamed<KubeObject>(probe.cluster, PERSISTENT_VOLUME_CLAIM, claim);
  const attach = eventEvidence(eventsAbout(probe.cluster, "wp", "FailedAttachVolume"), 1);
  if (ready.length > 0 && nodesOf(ready).length === 1) return fail("wp.one-machine", { es: `Los ${ready.length} WordPress en marcha están todos en ${nodesOf(ready)[0] ?? ""}: un disco RWO sólo lo monta una máquina. Si se apaga, te quedas sin web.`, en: `The ${ready.length} running WordPress are all on ${nodesOf(ready)[0] ?? ""}: an RWO disk is mounted by one machine only. If it goes off, you have no web.` }, { es: "Para montar la carpeta desde varias máquinas pide ReadWriteMany, de la clase compartido.", en: "To mount the folder from several machines ask for ReadWriteMany, of the class compartido." }, [number, ...(stored ? [objectEvidence(stored, "spec.accessModes")] : []), ...attach, ...ready.slice(0, 3).map(podEvidence)]);
  return fail("wp.missing", { es: `Hay ${ready.length} WordPress Ready con app=wp y hacen falta 8.`, en: `There are ${ready.length} Ready WordPress with app=wp and 8 are needed.` }, { es: "Mira los eventos del que espera con `kubectl describe pod`.", en: "Look at the events of the one that waits with `kubectl describe pod`." }, [number, ...podsOf(probe.cluster, "app=wp").slice(0, 2).map(podEvidence), ...attach]);
}

function mariadbReady(probe: Probe): Finding | undefined {
  const ready = mariadb(probe);
  const all = podsOf(probe.cluster, "app=mariadb");
  const number = numberEvidence({ es: "MariaDB Ready", en: "Ready MariaDB" }, ready.length, 3);
  const crashing = all.find((pod) => (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0);
  if (crashing && new Set(all.flatMap(claimsOf)).size === 1) return fail("mariadb.locked", { es: "Tres mariadbd sobre el mismo directorio de datos: el primero lo cierra y los otros no arrancan. Menos mal, porque lo romperían.", en: "Three mariadbd on the same data directory: the first locks it and the others do not start. Just as well, for they would break it." }, { es: "Cada uno quiere su disco: StatefulSet con volumeClaimTemplates.", en: "Each wants its own disk: StatefulSet with volumeClaimTemplates." }, [number, logEvidence(probe.cluster, crashing), podEvidence(crashing)]);
  if (ready.length === 3) return undefined;
  return fail("mariadb.missing", { es: `Hay ${ready.length} MariaDB Ready con app=mariadb y hacen falta 3.`, en: `There are ${ready.length} Ready MariaDB with app=mariadb and 3 are needed.` }, { es: "Mira sus registros y sus eventos.", en: "Look at their logs and events." }, [number, ...all.slice(0, 3).map(podEvidence)]);
}

export default defineExercise({
  id: "l37-e1",
  lesson: "L37",
  kind: "design",
  difficulty: 3,
  title: { es: "El PDF que unas veces está", en: "The PDF that is there sometimes" },
  params: (seed) => ({ pdf: ["informe.pdf", "factura.pdf", "catalogo.pdf", "horario.pdf"][Math.abs(seed - 1) % 4] ?? "informe.pdf" }),
  setup: () => ({ fixture: "wp-galera" }),
  tools: { editor: true, terminal: true },
  checks: [
    {
      id: "ready",
      title: { es: "8 WordPress en varias máquinas y 3 MariaDB, en marcha", en: "8 WordPress on several machines and 3 MariaDB, running" },
      points: 2,
      run: (probe) => mariadbReady(probe) ?? wordpressReady(probe) ?? pass(),
    },
    {
      id: "shared",
      title: { es: "Un PDF subido por un WordPress se lee por los demás", en: "A PDF uploaded through one WordPress is read through the others" },
      points: 3,
      run: (probe) => sharesUploads(probe.cluster, spread(wordpress(probe)), String(probe.params["pdf"]), `Contenido de ${String(probe.params["pdf"])}`),
    },
    {
      id: "own-disks",
      title: { es: "Cada MariaDB tiene su disco, y vuelve a él", en: "Each MariaDB has its own disk, and goes back to it" },
      points: 2,
      run(probe) {
        const pods = mariadb(probe);
        const claims = pods.flatMap(claimsOf);
        const second = pods[1] ?? pods[0];
        if (!second) return mariadbReady(probe) ?? pass();
        if (podsOf(probe.cluster, "app=mariadb").length > 1 && new Set(podsOf(probe.cluster, "app=mariadb").flatMap(claimsOf)).size === 1) return fail("mariadb.one-disk", { es: `Todas las MariaDB citan la misma petición, ${claims[0] ?? ""}. Una carpeta no es de tres dueños.`, en: `All MariaDB cite the same claim, ${claims[0] ?? ""}. A folder does not have three owners.` }, { es: "Una petición por réplica: volumeClaimTemplates.", en: "One claim per replica: volumeClaimTemplates." }, pods.map((pod) => objectEvidence(pod, "spec.volumes")));
        return keepsRows(probe.cluster, second, "fila-del-juez", ROOT);
      },
    },
    {
      id: "keeps",
      title: { es: "El PDF sobrevive aunque se renueven todos los WordPress", en: "The PDF survives even if all WordPress are renewed" },
      points: 2,
      run(probe) {
        const { cluster } = probe;
        const [first] = wordpress(probe);
        const name = "antes-de-borrar.pdf";
        const sent = first ? uploadTo(cluster, first, name, "sigo aquí") : undefined;
        if (!first || !sent || !isAnswered(sent)) return fail("uploads.refused", { es: "No se ha podido subir nada.", en: "Nothing could be uploaded." }, { es: "Consigue primero que WordPress y su base de datos funcionen.", en: "First get WordPress and its database to work." }, sent ? [packetEvidence(sent)] : []);
        deletePods(cluster, podsOf(cluster, "app=wp"));
        settle(cluster, 180_000);
        const lacking = wordpress(probe).find((pod) => downloadFrom(cluster, pod, name).response?.body !== "sigo aquí");
        if (!lacking && wordpress(probe).length > 0) return pass();
        const trip = lacking ? [packetEvidence(downloadFrom(cluster, lacking, name)), fileEvidence(cluster, lacking, `${UPLOADS}/${name}`)] : [];
        return fail("uploads.lost", { es: `Hemos subido ${name}, hemos renovado los WordPress y en ${lacking?.metadata.name ?? "los nuevos"} ya no está.`, en: `We uploaded ${name}, renewed the WordPress and it is not on ${lacking?.metadata.name ?? "the new ones"}.` }, { es: "Lo que se sube tiene que vivir fuera de los pods, en una sola petición.", en: "What is uploaded must live outside the Pods, in a single claim." }, trip);
      },
    },
  ],
  hints: [
    { es: "¿Una carpeta o muchas? Hazte la pregunta dos veces, una por cada programa.", en: "One folder or many? Ask it twice, once for each program." },
    { es: "Lo que comparten los WordPress se monta desde varias máquinas: ReadWriteMany. Mira `kubectl get storageclass`.", en: "What WordPress shares is mounted from several machines: ReadWriteMany. Look at `kubectl get storageclass`." },
    { es: "WordPress: Deployment de 8 y una petición RWX de la clase compartido. MariaDB: StatefulSet de 3 con volumeClaimTemplates RWO de la clase rapidito.", en: "WordPress: Deployment of 8 and one RWX claim of the class compartido. MariaDB: StatefulSet of 3 with RWO volumeClaimTemplates of the class rapidito." },
  ],
});
