/** Which form an answer takes. Upstream: apiserver/pkg/endpoints/handlers/negotiation. */
import { Refusal } from "./status";

/** One clause of an Accept header. */
export interface Clause {
  readonly media: string;
  readonly params: Readonly<Record<string, string>>;
}

/** The form an object or a list goes out in. */
export type Form = "object" | "partial" | "table";

/** The clauses of an Accept header by falling preference, each taken apart. */
export function acceptClauses(header: string | undefined): readonly Clause[] {
  const clauses = (header ?? "").split(",").map((text, position) => {
    const [media = "", ...rest] = text.split(";").map((part) => part.trim());
    const params = Object.fromEntries(rest.map((part) => [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)]));
    const quality = Number(params["q"] ?? "1");
    return { media, params, position, quality: Number.isNaN(quality) ? 1 : quality };
  });
  return clauses.filter(({ media }) => media !== "").sort((a, b) => b.quality - a.quality || a.position - b.position);
}

const JSON_MEDIA = new Set(["application/json", "application/*", "*/*"]);
const ALSO = new Set(["application/yaml", "application/vnd.kubernetes.protobuf", "application/cbor", "text/plain"]);

/**
 * The form the client likes best among those we have.
 *
 * @simplified Answers are always JSON, also where a client would rather have protobuf or YAML: every client that asks for those takes JSON too.
 * @throws {Refusal} 406 when nothing it takes can be made.
 */
export function formOf(header: string | undefined): Form {
  const clauses = acceptClauses(header);
  if (clauses.length === 0) return "object";
  for (const { media, params } of clauses) {
    if (!JSON_MEDIA.has(media)) continue;
    const as = params["as"];
    if (as === undefined) return "object";
    if (params["g"] !== "meta.k8s.io" || (params["v"] !== "v1" && params["v"] !== "v1beta1")) continue;
    if (as === "Table") return "table";
    if (as === "PartialObjectMetadata" || as === "PartialObjectMetadataList") return "partial";
  }
  if (clauses.some(({ media, params }) => ALSO.has(media) && params["as"] === undefined)) return "object";
  throw new Refusal(406, "NotAcceptable", "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf, application/cbor", {});
}
