import { ApiError } from "@/lib/engine";
import { answered, defineExercise, type Evidence, type Probe } from "@/lib/grader";

const PORTS = [29999, 30000, 30080, 32767, 32768];
const RANGE = { es: "Mira el mensaje de la API: dice el rango entero.", en: "Look at the API's message: it tells the whole range." };

/** Sends a Service with each port to the API. */
function send(lab: Probe["workbench"], port: number): { readonly accepted: boolean; readonly evidence: Evidence } {
  try {
    lab.cluster.as("kubernetes-admin").create({ apiVersion: "v1", kind: "Service", metadata: { name: `puerto-${port}`, namespace: "default" }, spec: { type: "NodePort", selector: { app: "puerta" }, ports: [{ port: 80, nodePort: port }] } });
    return { accepted: true, evidence: { type: "api", code: 201, message: `service/puerto-${port} created` } };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { accepted: false, evidence: { type: "api", code: error.status.code, message: error.message } };
  }
}

export default defineExercise({
  id: "l28-e6",
  lesson: "L28",
  kind: "multiple",
  difficulty: 1,
  title: { es: "Los bordes del rango", en: "The edges of the range" },
  setup: () => ({ fixture: "prod-4" }),
  questions: [
    {
      id: "valid",
      prompt: { es: "¿Cuáles de estos nodePort acepta la API?", en: "Which of these nodePorts does the API accept?" },
      type: "multiple",
      options: PORTS.map((port) => ({ id: String(port), label: { es: String(port), en: String(port) } })),
    },
  ],
  checks: [
    answered({
      id: "valid",
      title: { es: "Lo que acepta la API", en: "What the API accepts" },
      points: 3,
      question: "valid",
      decide(lab) {
        const sent = PORTS.map((port) => ({ port, ...send(lab, port) }));
        return { right: sent.filter(({ accepted }) => accepted).map(({ port }) => String(port)), evidence: sent.map(({ evidence }) => evidence) };
      },
      mistakes: {
        "32768": { code: "range.above", message: { es: "El 32768 se pasa por uno: el último es 32767, que es 2¹⁵ − 1.", en: "32768 is one too many: the last is 32767, which is 2¹⁵ − 1." }, next: RANGE },
        "29999": { code: "range.below", message: { es: "El 29999 se queda corto por uno: el rango empieza en 30000.", en: "29999 is one short: the range starts at 30000." }, next: RANGE },
        "-30080": { code: "range.inside", message: { es: "El 30080 está dentro del rango: es el que se usa en clase.", en: "30080 is inside the range: it is the one used in class." }, next: RANGE },
      },
      otherwise: { code: "range.edges", message: { es: "Los dos bordes, 30000 y 32767, también valen.", en: "Both edges, 30000 and 32767, are valid too." }, next: RANGE },
      praise: { es: "Hemos enviado los cinco a la API: acepta tres.", en: "We sent all five to the API: it accepts three." },
    }),
  ],
  hints: [
    { es: "El rango tiene principio y fin, y los dos cuentan.", en: "The range has a beginning and an end, and both count." },
    { es: "Empieza en 30000.", en: "It starts at 30000." },
    { es: "Acaba en 32767: valen tres.", en: "It ends at 32767: three are valid." },
  ],
});
