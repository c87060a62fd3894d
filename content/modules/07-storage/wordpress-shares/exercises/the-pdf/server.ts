import { ask, defineServerChecks, fail, isAnswered, packetEvidence, pass, readyPods, waitUntil } from "@/lib/grader";

const DOOR = "http://192.168.1.12:30080";

export default defineServerChecks([
  {
    id: "another-day",
    title: { es: "Otro fichero, otro cliente y una máquina menos", en: "Another file, another client and one machine less" },
    points: 1,
    run({ cluster, params }) {
      const name = `visita-${String(params["pdf"])}`;
      const sent = ask(cluster, "client-a", `${DOOR}/wp-admin/upload?name=${name}`, { method: "POST", body: "de client-a" });
      if (!isAnswered(sent)) return fail("uploads.refused", { es: "Un cliente ha subido un fichero por el Service y no se le ha aceptado.", en: "A client uploaded a file through the Service and it was not taken." }, { es: "Comprueba que WordPress llega a su base de datos.", en: "Check that WordPress reaches its database." }, [packetEvidence(sent)]);
      const lost = readyPods(cluster, "app=wp").find((pod) => pod.spec.nodeName !== "node-2")?.spec.nodeName ?? "node-2";
      const read = (door: string) => Array.from({ length: 16 }, () => ask(cluster, "client-b", `${door}/wp-content/uploads/${name}`)).find((trace) => trace.response?.body !== "de client-a");
      const before = read(DOOR);
      if (before) return fail("uploads.not-shared", { es: "Un cliente sube un fichero por el Service y otro no siempre lo ve: depende del pod que le toque.", en: "One client uploads a file through the Service and another does not always see it: it depends on the Pod." }, { es: "Todos los WordPress tienen que montar la misma carpeta.", en: "All WordPress must mount the same folder." }, [packetEvidence(before)]);
      cluster.machines.powerOff(lost);
      const door = lost === "node-2" ? "http://192.168.1.11:30080" : DOOR;
      // The Service forgets the lost pods once the machine is NotReady; the others must have the file all along.
      if (waitUntil(cluster, () => read(door) === undefined, 480_000, 20_000) !== undefined) return pass();
      const after = read(door);
      return fail("uploads.not-shared", { es: `Al apagar ${lost}, un cliente ya no ve lo que se subió antes.`, en: `With ${lost} off, a client no longer sees what was uploaded before.` }, { es: "La carpeta tiene que montarse desde cualquier máquina.", en: "The folder must be mountable from any machine." }, after ? [packetEvidence(after)] : []);
    },
  },
]);
