/** One line of a server block with what its braces hold. */
export interface Directive {
  readonly name: string;
  readonly args: readonly string[];
  readonly block: readonly (readonly string[])[];
  readonly line: number;
}

/** A server block: the zones it answers for and its plugins, in the order written. */
export interface ServerBlock {
  readonly zones: readonly string[];
  readonly port: number;
  readonly directives: readonly Directive[];
}

/** A Corefile read, or what CoreDNS logs when it refuses it. */
export type CorefileResult = { readonly blocks: readonly ServerBlock[] } | { readonly error: string };

/** Plugins that the usual CoreDNS image is built with. */
const PLUGINS = "root metadata geoip cancel tls quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug trace ready health pprof prometheus errors log dnstap local dns64 acl any chaos loadbalance tsig cache rewrite header dnssec autopath minimal template transfer hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd loop forward grpc erratic whoami on sign view nomad".split(" ");

interface Word {
  readonly text: string;
  readonly line: number;
}

function wordsOf(text: string): readonly (readonly Word[])[] {
  return text
    .split("\n")
    .map((line, i) => [...line.replace(/(^|\s)#.*$/, "").matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => ({ text: quoted ?? bare ?? "", line: i + 1 })))
    .filter((words) => words.length > 0);
}

/** The Corefile kubeadm writes. */
export const DEFAULT_COREFILE = `.:53 {
    errors
    health {
       lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
    cache 30 {
       disable success cluster.local
       disable denial cluster.local
    }
    loop
    reload
    loadbalance
}
`;

/** Reads a Corefile. Never throws. Upstream: coredns/caddy caddyfile parser. */
export function parseCorefile(text: string, file = "/etc/coredns/Corefile"): CorefileResult {
  const lines = wordsOf(text);
  const blocks: ServerBlock[] = [];
  const fail = (line: number, message: string): CorefileResult => ({ error: `${file}:${line} - Error during parsing: ${message}` });
  for (let at = 0; at < lines.length; at += 1) {
    const head = lines[at] ?? [];
    const opens = head.at(-1)?.text === "{";
    if (!opens) return fail(head[0]?.line ?? 1, `Unexpected token '${head[0]?.text ?? ""}', expecting '{'`);
    const directives: Directive[] = [];
    for (at += 1; ; at += 1) {
      const words = lines[at];
      if (!words) return fail(lines.at(-1)?.at(-1)?.line ?? 1, "Unexpected EOF, expecting '}'");
      const [first] = words;
      if (first?.text === "}") break;
      const name = first?.text ?? "";
      const line = first?.line ?? 0;
      if (!PLUGINS.includes(name)) return fail(line, `Unknown directive '${name}'`);
      const braces = words.at(-1)?.text === "{";
      const args = words.slice(1, braces ? -1 : undefined).map((word) => word.text);
      const block: (readonly string[])[] = [];
      if (braces) {
        for (at += 1; lines[at] && lines[at]?.[0]?.text !== "}"; at += 1) block.push((lines[at] ?? []).map((word) => word.text));
        if (!lines[at]) return fail(line, "Unexpected EOF, expecting '}'");
      }
      directives.push({ name, args, block, line });
    }
    const named = head.slice(0, -1).flatMap((word) => word.text.split(",")).filter((zone) => zone !== "");
    const port = Number(/:(\d+)$/.exec(named[0] ?? "")?.[1] ?? 53);
    const zones = named.map((zone) => zone.replace(/^dns:\/\//, "").replace(/:\d+$/, "")).map((zone) => (zone === "" ? "." : zone));
    blocks.push({ zones: zones.length === 0 ? ["."] : zones, port, directives });
  }
  return { blocks };
}
