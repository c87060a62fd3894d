import { millis, type Cluster, type Ingress, type JsonObject } from "@/lib/engine";
import { bestPath, hostRank, matchIngress, type PathType } from "@/lib/engine/network/ingress-match";
import { scriptedCluster } from "@/lib/engine/testing/scripted";
import { handle } from "@/lib/rest";
import { compare, type Adapter, type VectorCase, type Verdict } from "./adapter";

const ADMIN = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] };
const base = scriptedCluster();

function post(cluster: Cluster, path: string, object: JsonObject): { readonly code: number; readonly body: JsonObject } {
  const answer = handle({ method: "POST", path, query: "fieldValidation=Strict", headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(object), user: ADMIN }, cluster);
  return answer.type === "body" ? { code: answer.status, body: JSON.parse(answer.body) as JsonObject } : { code: 0, body: {} };
}

function createIngress({ input, expected }: VectorCase): Verdict {
  const cluster = base.fork();
  const group = "/apis/networking.k8s.io/v1";
  // Of two default classes the younger wins, so they are made a second apart.
  for (const one of (input["ingressClasses"] ?? []) as readonly JsonObject[]) {
    post(cluster, `${group}/ingressclasses`, one);
    cluster.advance(millis(1000));
  }
  const { code, body } = post(cluster, `${group}/namespaces/default/ingresses`, input["object"] as JsonObject);
  if (expected["accepted"] === true) return compare({ accepted: code === 201, spec: body["spec"] }, { accepted: true, spec: expected["spec"] });
  return compare({ accepted: code === 201, message: body["message"] }, { accepted: false, message: expected["message"] });
}

function request({ input, expected }: VectorCase): Verdict {
  const url = /^https?:\/\/([^/:?]+)(?::\d+)?(\/[^#]*|\?[^#]*)?$/.exec(String(input["url"]));
  const host = typeof input["host"] === "string" ? input["host"] : (url?.[1] ?? "");
  const path = url?.[2] ?? "/";
  const ingresses = (input["ingresses"] as readonly Ingress[]).map((ingress) => ({ ...ingress, metadata: { ...ingress.metadata, creationTimestamp: "" } }));
  const found = matchIngress(ingresses, { host, path: path.startsWith("/") ? path : `/${path}` });
  const service = found?.backend.service?.name;
  return compare({ statusCode: service === undefined ? 404 : 200, service }, { statusCode: expected["statusCode"], service: expected["service"] });
}

function pathMatch({ input, expected }: VectorCase): Verdict {
  const found = bestPath(input["paths"] as readonly { readonly path: string; readonly pathType: PathType }[], String(input["requestPath"]));
  return compare({ matchedPath: found?.path ?? null, defaultBackend: found === undefined }, expected);
}

/** behaviour/ingress: what is stored, and which backend a request takes. */
export const ingress: Adapter = (vector) => {
  switch (vector.input["op"]) {
    case "createIngress":
      return createIngress(vector);
    case "request":
      return request(vector);
    case "pathMatch":
      return pathMatch(vector);
    case "hostMatch":
      return compare({ matches: hostRank(String(vector.input["ruleHost"]), String(vector.input["requestHost"])) > 0 }, vector.expected);
    default:
      return { skip: "no adapter for this op" };
  }
};
