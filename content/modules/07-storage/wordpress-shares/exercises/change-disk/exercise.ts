import { PERSISTENT_VOLUME_CLAIM, type Cluster, type JsonObject, type KubeObject, type Pod } from "@/lib/engine";
import { defineExercise, downloadFrom, eventEvidence, eventsAbout, fail, fileEvidence, fileIn, nodesOf, numberEvidence, objectEvidence, objectNamed, packetEvidence, pass, podEvidence, podsOf, readyPods, UPLOADS, type Finding, type Probe } from "@/lib/grader";

const YESTERDAY = ["menu.pdf", "plano.png", "acta.pdf"];
const VISITOR = { namespace: "default", name: "visitante" };

/** Uploads a numbered photo every five seconds, for ever, and writes down which ones were taken. */
const visitor: JsonObject = {
  apiVersion: "v1", kind: "Pod", metadata: { name: VISITOR.name, namespace: VISITOR.namespace, labels: { app: "visitante" } },
  spec: {
    containers: [
      {
        name: "sh", image: "busybox:1.36",
        command: ["sh", "-c", 'i=1; while true; do if wget -q -O /dev/null -T 4 --post-data "foto numero $i" "http://wp/wp-admin/upload?name=foto-$i.jpg"; then echo "subida foto-$i.jpg"; else echo "fallo foto-$i.jpg"; fi; i=$((i+1)); sleep 5; done'],
      },
    ],
  },
};

interface Upload {
  readonly name: string;
  readonly at: number;
}

/** What the visitor was told had been saved, and when. */
function accepted(cluster: Cluster): readonly Upload[] {
  return (cluster.logs(VISITOR, "sh", {}) ?? []).flatMap((line) => {
    const name = /^subida (\S+)$/.exec(line.text.trim())?.[1];
    return name === undefined ? [] : [{ name, at: line.at }];
  });
}

/** The longest stretch, in seconds, without an accepted upload, until now. */
function longestCut(cluster: Cluster, since: number): number {
  const times = [since, ...accepted(cluster).map(({ at }) => at).filter((at) => at > since), cluster.now];
  return Math.round(Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? at))) / 1000);
}

const wordpress = ({ cluster }: Probe): readonly Pod[] => readyPods(cluster, "app=wp");

function lostOf(probe: Probe, names: readonly string[]): { readonly name: string; readonly pod: Pod } | undefined {
  for (const pod of wordpress(probe)) {
    const name = names.find((each) => fileIn(probe.cluster, pod, `${UPLOADS}/${each}`) === null);
    if (name !== undefined) return { name, pod };
  }
  return undefined;
}

function lostEvidence({ cluster }: Probe, lost: { readonly name: string; readonly pod: Pod }) {
  return [packetEvidence(downloadFrom(cluster, lost.pod, lost.name)), fileEvidence(cluster, lost.pod, `${UPLOADS}/${lost.name}`)];
}

export default defineExercise({
  id: "l37-e4",
  lesson: "L37",
  kind: "repair",
  difficulty: 3,
  title: { es: "Cambiar de disco con la web abierta", en: "Changing disks with the web open" },
  params: (seed) => ({ file: YESTERDAY[Math.abs(seed - 1) % YESTERDAY.length] ?? "menu.pdf" }),
  setup: () => ({
    fixture: "wp-galera",
    prelude: [
      { type: "run", line: "kubectl apply -f wordpress.yaml" },
      { type: "run", line: "kubectl rollout status deployment/wp" },
      ...YESTERDAY.map((name) => ({ type: "send" as const, from: { host: "client-a" }, request: { protocol: "http" as const, host: "192.168.1.11", port: 30080, method: "POST", path: `/wp-admin/upload?name=${name}`, body: `Esto es ${name}` } })),
      { type: "save-file", path: "visitante.json", text: JSON.stringify(visitor) },
      { type: "run", line: "kubectl apply -f visitante.json" },
      { type: "delete-file", path: "visitante.json" },
      { type: "run", line: "sleep 30" },
    ],
  }),
  tools: { editor: true, terminal: true },
  checks: [
    {
      id: "everything",
      title: { es: "No falta ninguna subida, ni las de antes ni las de mientras", en: "No upload is missing, neither the earlier ones nor those made meanwhile" },
      points: 3,
      run(probe): Finding {
        if (wordpress(probe).length === 0) return fail("wp.stopped", { es: "No hay ningún WordPress en marcha que enseñe las subidas.", en: "No WordPress is running to show the uploads." }, { es: "Acaba la migración y deja la web abierta.", en: "Finish the migration and leave the web open." });
        const old = lostOf(probe, [...YESTERDAY, ...accepted(probe.before).map(({ name }) => name)]);
        if (old) return fail("uploads.old-lost", { es: `En ${old.pod.metadata.name} no está ${old.name}. ¿Y las subidas de ayer? Una petición nueva empieza vacía.`, en: `${old.name} is not on ${old.pod.metadata.name}. What about yesterday's uploads? A new claim starts empty.` }, { es: "Antes de cambiar, copia con un pod que monte las dos peticiones.", en: "Before switching, copy with a Pod that mounts both claims." }, lostEvidence(probe, old));
        const late = lostOf(probe, accepted(probe.cluster).map(({ name }) => name));
        if (late) return fail("uploads.late-lost", { es: `${late.name} se subió mientras copiabas: al visitante se le dijo que estaba guardada, y en ${late.pod.metadata.name} no está.`, en: `${late.name} was uploaded while you copied: the visitor was told it was saved, and it is not on ${late.pod.metadata.name}.` }, { es: "Vuelve a copiar después de cambiar, cuando ya nadie escribe en la vieja.", en: "Copy again after the switch, when nobody writes to the old one any more." }, lostEvidence(probe, late));
        return pass({ es: `${accepted(probe.cluster).length + YESTERDAY.length} ficheros, todos en todos los pods.`, en: `${accepted(probe.cluster).length + YESTERDAY.length} files, all on all Pods.` });
      },
    },
    {
      id: "three",
      title: { es: "Tres WordPress listos en tres máquinas", en: "Three ready WordPress on three machines" },
      points: 2,
      run(probe): Finding {
        const ready = wordpress(probe);
        if (ready.length >= 3 && nodesOf(ready).length === 3) return pass();
        const evidence = [numberEvidence({ es: "Máquinas con un WordPress listo", en: "Machines with a ready WordPress" }, nodesOf(ready).length, 3), ...podsOf(probe.cluster, "app=wp").slice(0, 3).map(podEvidence), ...eventEvidence(eventsAbout(probe.cluster, "wp", "FailedAttachVolume"), 1)];
        return fail("wp.not-three", { es: `Hay ${ready.length} WordPress listos en ${nodesOf(ready).length} máquina(s). El disco viejo sólo lo monta una.`, en: `There are ${ready.length} ready WordPress on ${nodesOf(ready).length} machine(s). The old disk is mounted by one only.` }, { es: "Hace falta una petición ReadWriteMany, y tres réplicas que la citen.", en: "A ReadWriteMany claim is needed, and three replicas citing it." }, evidence);
      },
    },
    {
      id: "cut",
      title: { es: "La web no ha estado parada más de un minuto", en: "The web was not stopped for more than a minute" },
      points: 1,
      run({ cluster, before }): Finding {
        const cut = longestCut(cluster, before.now);
        const number = numberEvidence({ es: "Segundos seguidos sin aceptar una subida", en: "Seconds in a row without taking an upload" }, cut, "≤ 60");
        if (cut <= 60) return pass({ es: `El corte más largo ha sido de ${cut} s.`, en: `The longest cut was ${cut} s.` }, [number]);
        const lines = (cluster.logs(VISITOR, "sh", {}) ?? []).filter((line) => line.text.startsWith("fallo")).slice(0, 4).map((line) => line.text);
        return fail("cut.too-long", { es: `La web ha pasado ${cut} segundos sin aceptar subidas.`, en: `The web spent ${cut} seconds taking no uploads.` }, { es: "Copia con la web abierta y deja para el corte sólo lo que falte.", en: "Copy with the web open and leave only the rest for the cut." }, [number, { type: "log", pod: VISITOR.name, lines }]);
      },
    },
    {
      id: "old-claim",
      title: { es: "La petición vieja sigue ahí hasta que se compruebe todo", en: "The old claim is kept until everything is checked" },
      points: 1,
      run({ cluster, before }): Finding {
        const name = "subidas-vieja";
        const first = objectNamed<KubeObject>(before, PERSISTENT_VOLUME_CLAIM, name);
        const now = objectNamed<KubeObject>(cluster, PERSISTENT_VOLUME_CLAIM, name);
        if (now && now.metadata.uid === first?.metadata.uid && now.metadata.deletionTimestamp === undefined) return pass();
        return fail("claim.deleted", { es: "Has borrado subidas-vieja, y con ella su disco. Las subidas estaban ahí: si la copia tuviera un fallo, ya no habría a dónde volver.", en: "You deleted subidas-vieja, and its disk with it. The uploads were there: had the copy gone wrong, there would be nowhere to go back to." }, { es: "Consérvala hasta haber verificado la copia.", en: "Keep it until the copy is verified." }, first ? [objectEvidence(first, "spec")] : []);
      },
    },
  ],
  hints: [
    { es: "El modo de acceso de una petición no se edita. Durante un rato tendrás dos.", en: "A claim's access mode cannot be edited. For a while you will have two." },
    { es: "Un Pod puede montar las dos y copiar con `cp -a /vieja/. /nueva/`. La vieja es RWO: tiene que ir a la máquina del WordPress.", en: "A Pod can mount both and copy with `cp -a /vieja/. /nueva/`. The old one is RWO: it must go to WordPress's machine." },
    { es: "Petición RWX, pod que copia en bucle con podAffinity a app=wp, cambia el claimName, pon 3 réplicas y repártelas con topologySpreadConstraints; deja que copie una vez más, y borra sólo ese pod.", en: "RWX claim, a Pod that copies in a loop with podAffinity to app=wp, change the claimName, set 3 replicas and spread them with topologySpreadConstraints; let it copy once more, and delete only that Pod." },
  ],
});
