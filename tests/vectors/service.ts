import type { EndpointSlice, Service } from "@/lib/engine";
import { buildIptables, type IptablesNode } from "@/lib/engine/network/iptables";
import { followPacket } from "@/lib/engine/network/iptables-flow";
import { restoreText } from "@/lib/engine/network/iptables-print";
import { compileRules, type ServiceRule } from "@/lib/engine/network/rules";
import { compare, type Adapter, type VectorCase, type Verdict } from "./adapter";
import { scenario } from "./scenario";

type Input = VectorCase["input"];

/** The machine of kube-proxy's own tests. */
const NODE: IptablesNode = { node: "test-node", zone: undefined, ip: "192.168.0.2", podCIDR: "10.0.0.0/8" };

function rulesOf(input: Input): readonly ServiceRule[] {
  const slices = (input["endpointSlices"] ?? []) as readonly EndpointSlice[];
  return ((input["services"] ?? []) as readonly Service[]).flatMap((service) =>
    compileRules(
      service,
      slices.filter((slice) => slice.metadata.namespace === service.metadata.namespace && slice.metadata.labels?.["kubernetes.io/service-name"] === service.metadata.name && slice.addressType === "IPv4"),
    ),
  );
}

function nodeOf(input: Input): IptablesNode {
  const labels = (input["nodeLabels"] ?? {}) as Readonly<Record<string, string>>;
  const zone = labels["topology.kubernetes.io/zone"] ?? (input["zone"] as string | undefined);
  return { ...NODE, ...(zone === undefined ? {} : { zone }), ...(typeof input["nodeName"] === "string" ? { node: input["nodeName"] } : {}) };
}

const SHARED = /^-A (KUBE-SERVICES|KUBE-NODEPORTS|KUBE-EXTERNAL-SERVICES|KUBE-PROXY-FIREWALL) .*--comment "?([^\s"]+)/;

/** The ports of a Service come in any order in the chains that Services share: a map's. */
function inOrder(text: string): string {
  const place = (line: string): string => {
    const [, chain, port] = SHARED.exec(line) ?? [];
    return chain === undefined || port?.includes("/") !== true ? "" : `${chain} ${port}`;
  };
  const lines = text.trim().split("\n");
  for (let from = 0; from < lines.length; from += 1) {
    const chain = place(lines[from] ?? "").split(" ")[0] ?? "";
    if (chain === "") continue;
    let to = from;
    while (place(lines[to + 1] ?? "").startsWith(`${chain} `)) to += 1;
    lines.splice(from, to - from + 1, ...lines.slice(from, to + 1).sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0)));
    from = to;
  }
  return lines.join("\n");
}

function iptablesRules({ input, expected }: VectorCase): Verdict {
  return compare({ text: inOrder(restoreText(buildIptables(rulesOf(input), nodeOf(input)))) }, { text: inOrder(String(expected["iptablesSave"])) });
}

interface Flow {
  readonly protocol?: string;
  readonly sourceIP: string;
  readonly destIP: string;
  readonly destPort: number;
  readonly output: string;
  readonly masq: boolean;
}

function packetFlow({ input, expected }: VectorCase): Verdict {
  const tables = buildIptables(rulesOf(input), nodeOf(input));
  const own = (input["nodeIPs"] ?? [NODE.ip]) as readonly string[];
  const flows = expected["flows"] as readonly Flow[];
  const wrong = flows.flatMap((flow) => {
    const got = followPacket(tables, { protocol: flow.protocol === undefined || flow.protocol === "" ? "TCP" : flow.protocol, source: flow.sourceIP, destination: flow.destIP, port: flow.destPort }, own);
    const output = got.verdict === "forward" ? got.endpoints.join(", ") : got.verdict;
    const untouched = flow.output === "" && output === `${flow.destIP}:${flow.destPort}`;
    return (output === flow.output || untouched) && got.masquerade === flow.masq ? [] : [{ flow, output, masq: got.masquerade }];
  });
  return wrong.length === 0 ? { pass: true } : { pass: false, got: wrong };
}

/** behaviour/service: kube-proxy's tables, the ways packets take through them, and Services as the API stores them. */
export const service: Adapter = (vector, file) => {
  if (vector.input["op"] === "iptablesRules") return iptablesRules(vector);
  return vector.input["op"] === "packetFlow" ? packetFlow(vector) : scenario(vector, file);
};
