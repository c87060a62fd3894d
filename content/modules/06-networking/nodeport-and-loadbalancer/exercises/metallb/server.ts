import { SERVICE, type Service } from "@/lib/engine";
import { defineServerChecks, fail, objectEvidence, objectNamed, pass, settle } from "@/lib/grader";

export default defineServerChecks([
  {
    id: "next-ones",
    title: { es: "Los siguientes Services también reciben IP libres", en: "The next Services get free IPs too" },
    points: 1,
    run({ cluster }) {
      const taken = new Set([...cluster.addresses.map((node) => node.ip), ...cluster.world.hosts().map((host) => host.ip)]);
      const names = Array.from({ length: 4 }, (_, index) => `juez-${index + 1}`);
      for (const name of names) cluster.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Service", metadata: { name, namespace: "default" }, spec: { type: "LoadBalancer", selector: { app: "puerta" }, ports: [{ port: 80 }] } });
      settle(cluster, 60_000);
      for (const name of names) {
        const service = objectNamed<Service>(cluster, SERVICE, name);
        const ip = service?.status?.loadBalancer?.ingress?.[0]?.ip;
        const evidence = service ? [objectEvidence(service, "status")] : [];
        if (ip === undefined) return fail("pool.exhausted", { es: "Hemos creado cuatro Services más y alguno se queda sin IP.", en: "We created four more Services and some get no IP." }, { es: "Da al rango las direcciones que te han cedido, todas.", en: "Give the pool all the addresses you were given." }, evidence);
        if (taken.has(ip)) return fail("pool.collides", { es: `Otro Service ha recibido la ${ip}, que ya es de alguien en la red.`, en: `Another Service was given ${ip}, which already belongs to somebody on the network.` }, { es: "El rango no puede pisar ninguna dirección en uso.", en: "The range may not overlap any address in use." }, evidence);
      }
      return pass();
    },
  },
]);
