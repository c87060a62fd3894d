import { compareNumbers, compareStrings } from "../apimachinery/compare";
import type { NodeAddresses } from "./ipam";
import type { ServiceRule } from "./rules";

/** One line of a machine's table, as the course draws it: `10.0.4.2:80 -> 10.0.3.1:80 | 10.0.3.2:80`. */
export interface PrintedRule {
  readonly match: string;
  readonly backends: readonly string[];
  readonly service: string;
  readonly portName: string;
  readonly type: "cluster-ip" | "node-port" | "load-balancer" | "external-ip";
}

/** The rules in force on a machine, one a destination, in order of address and port; node ports last. */
export function printRules(rules: readonly ServiceRule[], node: NodeAddresses): readonly PrintedRule[] {
  const lines = rules.flatMap((rule) =>
    rule.matches.map((match) => {
      const local = match.type === "cluster-ip" ? rule.internalLocal : rule.externalLocal;
      const backends = rule.backends.filter((backend) => !local || backend.node === node.name).map((backend) => `${backend.ip}:${backend.port}`);
      const ip = match.type === "node-port" ? node.ip : match.ip;
      return { ip, port: match.port, line: { match: `${ip}:${match.port}`, backends, service: `${rule.service.namespace}/${rule.service.name}`, portName: rule.portName, type: match.type } };
    }),
  );
  const order = (type: PrintedRule["type"]): number => (type === "node-port" ? 1 : 0);
  return lines
    .sort((a, b) => compareNumbers(order(a.line.type), order(b.line.type)) || compareStrings(padded(a.ip), padded(b.ip)) || compareNumbers(a.port, b.port))
    .map(({ line }) => line);
}

function padded(ip: string): string {
  return ip.split(".").map((part) => part.padStart(3, "0")).join(".");
}

/** A printed rule as one line of text. */
export function ruleText(rule: PrintedRule): string {
  return `${rule.match} -> ${rule.backends.length === 0 ? "REJECT" : rule.backends.join(" | ")}`;
}
