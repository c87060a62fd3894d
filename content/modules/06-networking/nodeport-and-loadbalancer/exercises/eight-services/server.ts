import { defineServerChecks, fail, pass, readyPods, ask } from "@/lib/grader";

const INNER = ["tcp://catalogo:80", "mysql://basedatos", "redis://cache", "tcp://cola:5672", "http://tienda/", "http://api/"];

export default defineServerChecks([
  {
    id: "by-name",
    title: { es: "Los de dentro se siguen llamando por su nombre", en: "Insiders still call each other by name" },
    points: 1,
    run({ cluster }) {
      const caller = readyPods(cluster, "app=tienda")[0];
      for (const url of INNER) {
        const trace = ask(cluster, `pod:${caller?.metadata.name ?? ""}`, url);
        if (trace.outcome !== "delivered") return fail("inside.broken", { es: `Un pod de tienda llama a ${url} y no contesta nadie.`, en: `A Pod of tienda calls ${url} and nobody answers.` }, { es: "Los ocho Services tienen que existir, con su nombre y su puerto.", en: "The eight Services must exist, with their name and port." }, [{ type: "packet", trace }]);
      }
      return pass();
    },
  },
]);
