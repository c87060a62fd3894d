import type { JsonObject, LabelSelector } from "@/lib/engine";
import type { Scene } from "./describer";
import type { Paper } from "./paper";
import { jsonOf, listOf, partOf, textOf, textsOf, valueOf } from "./read";
import { selectorText } from "./workloads";

/** Go's own way to write a time: `2026-01-01 00:00:08 +0000 UTC`. */
function goTime(text: string): string {
  return `${text.slice(0, 10)} ${text.slice(11, 19)} +0000 UTC`;
}

/** The words of one direction. */
interface Direction {
  readonly field: "ingress" | "egress";
  readonly peers: "from" | "to";
  readonly title: "From" | "To";
  readonly other: "source" | "destination";
}

const INGRESS: Direction = { field: "ingress", peers: "from", title: "From", other: "source" };
const EGRESS: Direction = { field: "egress", peers: "to", title: "To", other: "destination" };

function portText(port: JsonObject): string {
  const protocol = textOf(port, "protocol", "TCP");
  const end = textOf(port, "endPort");
  const number = textOf(port, "port");
  return end === "" ? `To Port: ${number}/${protocol}` : `To Port Range: ${number}-${end}/${protocol}`;
}

function writePeer(paper: Paper, peer: JsonObject, title: string): void {
  paper.line(2, `${title}:`);
  const selector = (field: string): string => selectorText(partOf(peer, field) as LabelSelector);
  if (valueOf(peer, "namespaceSelector") !== undefined) paper.line(3, `NamespaceSelector: ${selector("namespaceSelector")}`);
  if (valueOf(peer, "podSelector") !== undefined) paper.line(3, `PodSelector: ${selector("podSelector")}`);
  if (valueOf(peer, "ipBlock") === undefined) return;
  paper.line(3, "IPBlock:");
  paper.line(4, `CIDR: ${textOf(peer, "ipBlock.cidr")}`);
  paper.line(4, `Except: ${textsOf(peer, "ipBlock.except").join(", ")}`);
}

function writeDirection(paper: Paper, spec: JsonObject, { field, peers, title, other }: Direction): void {
  const rules = listOf(spec, field);
  if (rules.length === 0) paper.line(2, `<none> (Selected pods are isolated for ${field} connectivity)`);
  rules.forEach((rule, i) => {
    const [ports, parties] = [listOf(rule, "ports"), listOf(rule, peers)];
    if (ports.length === 0) paper.line(2, "To Port: <any> (traffic allowed to all ports)");
    for (const port of ports) paper.line(2, portText(port));
    if (parties.length === 0) paper.line(2, `${title}: <any> (traffic not restricted by ${other})`);
    for (const peer of parties) writePeer(paper, peer, title);
    if (i !== rules.length - 1) paper.line(2, "----------");
  });
}

/** Describes a NetworkPolicy. Upstream: describeNetworkPolicy. */
export function describeNetworkPolicy({ object, paper }: Scene): void {
  const { metadata } = object;
  const spec = partOf(jsonOf(object), "spec");
  paper.line(0, `Name:\t${metadata.name}`);
  paper.line(0, `Namespace:\t${metadata.namespace ?? ""}`);
  paper.line(0, `Created on:\t${goTime(metadata.creationTimestamp)}`);
  paper.labels("Labels", metadata.labels);
  paper.annotations("Annotations", metadata.annotations);
  paper.line(0, "Spec:");
  const pods = selectorText(partOf(spec, "podSelector") as LabelSelector);
  paper.line(1, `PodSelector: ${pods === "<none>" ? "<none> (Allowing the specific traffic to all pods in this namespace)" : pods}`);
  const types = textsOf(spec, "policyTypes");
  for (const direction of [INGRESS, EGRESS]) {
    const { field } = direction;
    const affected = types.includes(field === "ingress" ? "Ingress" : "Egress") || (types.length === 0 && (field === "ingress" || listOf(spec, field).length > 0));
    paper.line(1, affected ? `Allowing ${field} traffic:` : `Not affecting ${field} traffic`);
    if (affected) writeDirection(paper, spec, direction);
  }
  paper.line(1, `Policy Types: ${types.join(", ")}`);
}
