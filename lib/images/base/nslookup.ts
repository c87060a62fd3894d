import type { DnsRecord } from "@/lib/engine";
import { candidates, isAddress, nslookupLine, resolvOf, reversed, searched } from "./lookup";
import type { Caller, NetworkCommand, Waited } from "./network-command";

interface Asked {
  readonly name: string;
  readonly type: string;
  readonly server: string | undefined;
  readonly isPlain: boolean;
}

/** `-type=SRV`, `-query=SRV`, `-debug`, then the name and perhaps a server. */
function read(argv: readonly string[]): Asked | undefined {
  const options = argv.slice(1).filter((word) => word.startsWith("-"));
  const [name, server] = argv.slice(1).filter((word) => !word.startsWith("-"));
  if (name === undefined) return undefined;
  const given = options.map((word) => /^-(?:q|qu\w*|t|ty\w*)=(\w+)$/.exec(word)?.[1]).findLast((type) => type !== undefined);
  return { name, server, type: (given ?? (isAddress(name) ? "PTR" : "A")).toUpperCase(), isPlain: given === undefined && !isAddress(name) && server === undefined };
}

/** The address of the server asked; undefined when its own name is not there. */
function serverOf(process: Caller, given: string | undefined): string | undefined {
  return given === undefined || isAddress(given) ? (given ?? resolvOf(process).server) : process.resolve(given).addresses[0];
}

interface Words {
  readonly head: (server: string, given: string | undefined) => string;
  readonly dotted: boolean;
  readonly silent: (server: string) => string;
  readonly patience: number;
  readonly nothing: (name: string, type: string) => string;
}

const BUSYBOX: Words = {
  head: (server) => `Server:\t\t${server}\nAddress:\t${server}:53\n\n`,
  dotted: false,
  silent: () => ";; connection timed out; no servers could be reached\n\n",
  patience: 10_000,
  nothing: (name) => `*** Can't find ${name}: No answer\n\n`,
};
const BIND: Words = {
  head: (server, given) => `Server:\t\t${given ?? server}\nAddress:\t${server}#53\n\n`,
  dotted: true,
  silent: (server) => `;; communications error to ${server}#53: timed out\n`.repeat(3).concat(";; no servers could be reached\n\n"),
  patience: 15_000,
  nothing: (name) => `*** Can't find ${name}: No answer\n\n`,
};

function lookUp({ name, type, server: given, isPlain }: Asked, words: Words, process: Caller): Waited {
  const server = serverOf(process, given);
  if (server === undefined) return { takes: 1, result: words.dotted ? { status: 1, stdout: `nslookup: couldn't get address for '${given ?? ""}': not found\n` } : { status: 1, stderr: `nslookup: bad address '${given ?? ""}'\n` } };
  const head = words.head(server, given);
  const silent: Waited = { takes: words.patience, result: words.dotted ? { status: 1, stdout: words.silent(server) } : { status: 1, stderr: words.silent(server) } };
  if (isPlain) {
    const answer = process.resolve(name);
    const code = answer.queries.at(-1)?.code;
    if (code === "TIMEOUT") return silent;
    if (answer.addresses.length === 0) return { takes: 1, result: { status: 1, stdout: `${head}** server can't find ${name}: ${code === "SERVFAIL" ? "SERVFAIL" : "NXDOMAIN"}\n\n` } };
    const owner = answer.cname ?? answer.resolved ?? name;
    const alias = answer.cname === undefined ? "" : `${answer.resolved ?? name}\tcanonical name = ${answer.cname}${words.dotted ? "." : ""}\n`;
    return { takes: 1, result: { status: 0, stdout: `${head}${alias}${answer.addresses.map((address) => `Name:\t${owner}\nAddress: ${address}`).join("\n")}\n\n` } };
  }
  const backward = isAddress(name) && type === "PTR";
  const names = backward ? [reversed(name)] : candidates(name, resolvOf(process));
  const { name: last, reply } = searched(process, backward ? reversed(name) : name, type, names, server);
  if (!reply) return silent;
  if (reply.answer.length === 0 && reply.code !== "NOERROR") return { takes: 1, result: { status: 1, stdout: `${backward && words.dotted ? "" : head}** server can't find ${backward ? reversed(name) : words.dotted ? name : last}: ${reply.code}\n\n` } };
  const shown = (records: readonly DnsRecord[]): string => records.map((record) => `${nslookupLine(record, words.dotted)}\n`).join("");
  if (reply.answer.length === 0) return { takes: 1, result: { status: 0, stdout: `${head}${words.nothing(name, type)}` } };
  return { takes: 1, result: { status: 0, stdout: `${backward && words.dotted ? "" : head}${shown(reply.answer)}\n` } };
}

/** busybox's `nslookup [-type=TYPE] [-debug] HOST [SERVER]`. */
export const busyboxNslookup: NetworkCommand = ({ argv }, process) => {
  const asked = read(argv);
  if (!asked) return { takes: 0, result: { status: 1, stderr: "BusyBox v1.37.0 () multi-call binary.\n\nUsage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]\n\nQuery DNS about HOST\n\nQUERY_TYPE: soa,ns,a,aaaa,cname,mx,txt,ptr,srv,any\n" } };
  return lookUp(asked, BUSYBOX, process);
};

/** bind's `nslookup [-type=TYPE] NAME [SERVER]`; it asks nobody without a name. */
export const nslookup: NetworkCommand = ({ argv, stdin }, process) => {
  const asked = read(argv) ?? read(["nslookup", ...(stdin ?? "").trim().split(/\s+/).filter((word) => word !== "" && word !== "exit").slice(0, 2)]);
  return asked ? lookUp(asked, BIND, process) : { takes: 0, result: { status: 0, stdout: "" } };
};
