/** `ping`, `dig`, `host`, `ip`, `ss` and their like: what a container can see of the network. */
import { millis, recordText, type DnsReply, type ProcessView } from "@/lib/engine";
import type { Caller, NetworkCommand, Waited } from "./network-command";
import { candidates, isAddress, resolvOf, reversed, searched } from "./lookup";
import { options } from "./options";
import type { ProcessCommand } from "./process-commands";

const done = (stdout: string, takes = 0, status = 0): Waited => ({ takes, result: { status, stdout } });
const failed = (stderr: string, takes = 0, status = 1): Waited => ({ takes, result: { status, stderr } });
/** Where nobody listens: an answer, even a refusal, shows that the address is there. */
const QUIET_PORT = 7;
const MOST_PACKETS = 100;
const PRIVATE = "0.045";

interface Reached {
  readonly ip: string;
  readonly answers: boolean;
  readonly took: number;
}

/** Is anybody at the address? A Service's address is only a rule for TCP and UDP, so it never answers. */
function reach(process: Caller, host: string): Reached | undefined {
  const trace = process.request({ protocol: "tcp", host, port: QUIET_PORT, timeout: millis(1000) });
  if (trace.outcome === "no-such-host") return undefined;
  const last = trace.hops.at(-1);
  const ip = trace.hops.find(({ stage }) => stage !== "dns")?.before.destination.ip ?? host;
  const virtual = trace.hops.some(({ stage }) => stage === "service-nat");
  return { ip, answers: !virtual && (trace.outcome === "delivered" || (trace.outcome === "refused" && last?.stage === "socket")), took: trace.latency };
}

/**
 * `ping [-c COUNT] [-W SECONDS] HOST` as busybox, or as iputils, prints it.
 *
 * @simplified Without `-c` it sends four packets. Whether an address answers is asked once for all of them.
 */
export function ping(busybox: boolean): NetworkCommand {
  return ({ argv }, process) => {
    const { values, words } = options(argv, ["-c", "-W", "-w", "-i", "-s", "-I"]);
    const host = words[0];
    if (host === undefined) return failed(busybox ? "BusyBox v1.37.0 () multi-call binary.\n\nUsage: ping [OPTIONS] HOST\n" : "ping: usage error: Destination address required\n", 0, busybox ? 1 : 2);
    const found = reach(process, host);
    if (!found) return failed(busybox ? `ping: bad address '${host}'\n` : `ping: ${host}: Name or service not known\n`, 0, busybox ? 1 : 2);
    const count = Math.max(1, Math.min(MOST_PACKETS, Math.trunc(Number(values["-c"] ?? 4)) || 4));
    const time = found.took > 1 ? `${found.took}.112` : `0.${busybox ? "112" : "11"}`;
    const lines = found.answers ? Array.from({ length: count }, (_, i) => `64 bytes from ${found.ip}: ${busybox ? `seq=${i}` : `icmp_seq=${i + 1}`} ttl=62 time=${time} ms`) : [];
    const received = lines.length;
    const loss = found.answers ? 0 : 100;
    const wait = found.answers ? 0 : Math.trunc(Number(values["-W"] ?? 10)) * 1000;
    const takes = (count - 1) * 1000 + wait;
    const text = busybox
      ? [`PING ${host} (${found.ip}): 56 data bytes`, ...lines, "", `--- ${host} ping statistics ---`, `${count} packets transmitted, ${received} packets received, ${loss}% packet loss`, ...(received > 0 ? [`round-trip min/avg/max = ${time}/${time}/${time} ms`] : [])]
      : [`PING ${host} (${found.ip}) 56(84) bytes of data.`, ...lines, "", `--- ${host} ping statistics ---`, `${count} packets transmitted, ${received} received, ${loss}% packet loss, time ${(count - 1) * 1000}ms`, ...(received > 0 ? [`rtt min/avg/max/mdev = ${time}/${time}/${time}/0.000 ms`] : [])];
    return done(`${text.join("\n")}\n${busybox || received > 0 ? "" : "\n"}`, takes, received > 0 ? 0 : 1);
  };
}

/** `dig [@SERVER] NAME [TYPE] [-x IP] [+short] [+search] [+noall +answer]` */
export const dig: NetworkCommand = ({ argv }, process) => {
  const words = argv.slice(1);
  const plus = new Set(words.filter((word) => word.startsWith("+")));
  const given = words.find((word) => word.startsWith("@"))?.slice(1);
  const at = words.indexOf("-x");
  const typed = words.indexOf("-t");
  const values = new Set([at, typed].filter((i) => i >= 0).map((i) => i + 1));
  const rest = words.filter((word, i) => !/^[@+-]/.test(word) && !values.has(i) && word.toUpperCase() !== "IN");
  const KNOWN = /^(A|AAAA|CNAME|SRV|PTR|TXT|NS|SOA|MX|ANY)$/i;
  const asked = at >= 0 ? reversed(words[at + 1] ?? "") : (rest.find((word) => !KNOWN.test(word)) ?? ".");
  const type = (at >= 0 ? "PTR" : typed >= 0 ? (words[typed + 1] ?? "A") : (rest.find((word) => KNOWN.test(word)) ?? "A")).toUpperCase();
  const resolv = resolvOf(process);
  const server = given !== undefined && !/^[\d.]+$/.test(given) ? process.resolve(given).addresses[0] : given;
  if (given !== undefined && server === undefined) return failed(`dig: couldn't get address for '${given}': not found\n`, 0, 9);
  const { name, reply } = searched(process, asked, type, plus.has("+search") ? candidates(asked, resolv) : [asked], server);
  const whom = server ?? resolv.server;
  if (!reply) return done(plus.has("+short") ? "" : `;; communications error to ${whom}#53: timed out\n`.repeat(3) + `\n; <<>> DiG 9.20.11 <<>> ${words.join(" ")}\n;; global options: +cmd\n;; no servers could be reached\n\n`, 15_000, 9);
  if (plus.has("+short")) return done(reply.answer.map(({ data }) => `${data}\n`).join(""), 1);
  const section = (title: string, records: DnsReply["answer"]): string => (records.length === 0 ? "" : `;; ${title} SECTION:\n${records.map((record) => `${record.name}\t${record.ttl}\tIN\t${record.type}\t${record.data}\n`).join("")}\n`);
  const answers = section("ANSWER", reply.answer);
  if (plus.has("+noall")) return done(plus.has("+answer") ? reply.answer.map((record) => `${recordText(record)}\n`).join("") : "", 1);
  const head = `\n; <<>> DiG 9.20.11 <<>> ${words.join(" ")}\n;; global options: +cmd\n;; Got answer:\n;; ->>HEADER<<- opcode: QUERY, status: ${reply.code}, id: 24680\n;; flags: qr aa rd; QUERY: 1, ANSWER: ${reply.answer.length}, AUTHORITY: ${reply.authority.length}, ADDITIONAL: ${reply.additional.length}\n\n;; QUESTION SECTION:\n;${name.replace(/\.?$/, ".")}\t\tIN\t${type}\n\n`;
  return done(`${head}${answers}${section("AUTHORITY", reply.authority)}${section("ADDITIONAL", reply.additional)};; Query time: 1 msec\n;; SERVER: ${whom}#53(${whom}) (UDP)\n\n`, 1);
};

/** `host NAME [SERVER]` */
export const host: NetworkCommand = ({ argv }, process) => {
  const { values, words } = options(argv, ["-t", "-W"]);
  const [asked, server] = words;
  if (asked === undefined) return failed("Usage: host [-t type] hostname [server]\n");
  const backward = isAddress(asked);
  const type = (values["-t"] ?? (backward ? "PTR" : "A")).toUpperCase();
  const { name, reply } = searched(process, asked, type, backward ? [reversed(asked)] : candidates(asked, resolvOf(process)), server);
  if (!reply) return done(";; communications error: timed out\n;; no servers could be reached\n", 10_000, 1);
  if (reply.answer.length === 0) return done(reply.code === "NOERROR" ? `${name} has no ${type} record\n` : `Host ${asked} not found: 3(NXDOMAIN)\n`, 1, reply.code === "NOERROR" ? 0 : 1);
  const said: Readonly<Record<string, string>> = { A: "has address", AAAA: "has IPv6 address", CNAME: "is an alias for", PTR: "domain name pointer", SRV: "has SRV record", MX: "mail is handled by" };
  return done(reply.answer.map((record) => `${record.name.replace(/\.$/, "")} ${said[record.type] ?? `has ${record.type} record`} ${record.data}\n`).join(""), 1);
};

/** `getent hosts|ahosts|ahostsv4|passwd|group|services [NAME…]`, from /etc/hosts, the DNS and the account files. */
export const getent: NetworkCommand = ({ argv }, process) => {
  const [database = "", ...keys] = argv.slice(1);
  const fileLines = (path: string): readonly string[] => (process.files.read(path) ?? "").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (database === "passwd" || database === "group") {
    const lines = fileLines(`/etc/${database}`).filter((line) => keys.length === 0 || keys.some((key) => line.startsWith(`${key}:`) || line.split(":")[2] === key));
    return done(lines.map((line) => `${line}\n`).join(""), 0, lines.length === 0 ? 2 : 0);
  }
  if (database !== "hosts" && !database.startsWith("ahosts")) return failed(database === "" ? "getent: wrong number of arguments\n" : `Unknown database: ${database}\n`, 0, 1);
  if (keys.length === 0) return done(fileLines("/etc/hosts").map((line) => line.trim().split(/\s+/)).map(([address = "", ...names]) => `${address.padEnd(15)} ${names.join(" ")}\n`).join(""));
  const said = keys.map((key): string => {
    const local = fileLines("/etc/hosts").map((line) => line.trim().split(/\s+/)).find(([address, ...names]) => names.includes(key) || address === key);
    if (isAddress(key)) {
      const name = local?.[1] ?? process.query?.(reversed(key), "PTR")?.answer[0]?.data.replace(/\.$/, "");
      return name === undefined ? "" : `${key.padEnd(15)} ${name}\n`;
    }
    const answer = local ? { addresses: [local[0] ?? ""], resolved: key, cname: undefined } : process.resolve(key);
    const name = answer.cname ?? answer.resolved ?? key;
    if (database === "hosts") return answer.addresses.map((address) => `${address.padEnd(15)} ${[name, ...(name === key || local === undefined ? [] : [key])].join(" ")}\n`).join("");
    return answer.addresses.map((address) => `${address.padEnd(15)} STREAM ${name}\n${address.padEnd(15)} DGRAM  \n${address.padEnd(15)} RAW    \n`).join("");
  });
  return done(said.join(""), 1, said.includes("") ? 2 : 0);
};

/** `telnet HOST PORT`: says whether somebody is there, and leaves. */
export const telnet: NetworkCommand = ({ argv }, process) => {
  const { words } = options(argv, []);
  const [target = "", port = "23"] = words;
  const trace = process.request({ protocol: "tcp", host: target, port: Number(port) });
  const ip = trace.hops.at(-1)?.before.destination.ip ?? target;
  if (trace.outcome === "no-such-host") return failed(`telnet: bad address '${target}'\n`);
  if (trace.outcome === "delivered") return { takes: trace.latency, result: { status: 0, stdout: `Connected to ${target}\n`, stderr: "Connection closed by foreign host\n" } };
  return failed(`telnet: can't connect to remote host (${ip}): ${trace.outcome === "refused" ? "Connection refused" : "Operation timed out"}\n`, trace.latency);
};

const mac = (ip: string): string => `0a:58:${ip.split(".").map((part) => Number(part).toString(16).padStart(2, "0")).join(":")}`;
const network = (ip: string): string => ip.split(".").slice(0, 3).join(".");

/** `ip addr`, `ip route`, `ip link`. @simplified A machine's pods share a /24, whose first address is the way out. */
const ip: ProcessCommand = ({ argv }, process: ProcessView) => {
  const word = argv.slice(1).find((arg) => !arg.startsWith("-")) ?? "";
  const brief = argv.some((arg) => /^-br/.test(arg));
  const own = process.podIP;
  if ("route".startsWith(word) && word !== "") return done(`default via ${network(own)}.1 dev eth0 \n${network(own)}.0/24 dev eth0 proto kernel scope link src ${own} \n`);
  if (!"address".startsWith(word) && !"link".startsWith(word)) return failed(`Object "${word}" is unknown, try "ip help".\n`, 0, 255);
  if (word === "") return failed("Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n", 0, 255);
  if (brief) return done(`lo               UNKNOWN        127.0.0.1/8 \neth0@if7         UP             ${own}/24 \n`);
  const withAddresses = "address".startsWith(word);
  const inet = (text: string): string => (withAddresses ? `    inet ${text}\n       valid_lft forever preferred_lft forever\n` : "");
  return done(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n${inet("127.0.0.1/8 scope host lo")}2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1450 qdisc noqueue state UP \n    link/ether ${mac(own)} brd ff:ff:ff:ff:ff:ff\n${inet(`${own}/24 brd ${network(own)}.255 scope global eth0`)}`);
};

const ifconfig: ProcessCommand = (_command, { podIP }) => done(`eth0      Link encap:Ethernet  HWaddr ${mac(podIP).toUpperCase()}  \n          inet addr:${podIP}  Bcast:${network(podIP)}.255  Mask:255.255.255.0\n          UP BROADCAST RUNNING MULTICAST  MTU:1450  Metric:1\n\nlo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n\n`);

const listening = (process: ProcessView): readonly { readonly port: number; readonly command: string }[] => process.listeners?.() ?? [];
const showsPrograms = (argv: readonly string[]): boolean => argv.slice(1).some((arg) => /^-\w*p/.test(arg));

const netstat: ProcessCommand = ({ argv }, process) => {
  const shown = argv.slice(1).some((arg) => /^-\w*[la]/.test(arg)) ? listening(process) : [];
  const extra = showsPrograms(argv);
  return done(`Active Internet connections (${argv.some((arg) => /^-\w*a/.test(arg)) ? "servers and established" : argv.some((arg) => /^-\w*l/.test(arg)) ? "only servers" : "w/o servers"})\nProto Recv-Q Send-Q Local Address           Foreign Address         State       ${extra ? "PID/Program name    " : ""}\n${shown.map(({ port, command }) => `tcp        0      0 ${`0.0.0.0:${port}`.padEnd(23)} 0.0.0.0:*               LISTEN      ${extra ? `1/${command.split("/").pop() ?? ""}` : ""}\n`).join("")}`);
};

const ss: ProcessCommand = ({ argv }, process) => {
  const shown = argv.slice(1).some((arg) => /^-\w*[la]/.test(arg)) ? listening(process) : [];
  const extra = showsPrograms(argv);
  return done(`State  Recv-Q Send-Q Local Address:Port Peer Address:Port${extra ? "Process" : ""}\n${shown.map(({ port, command }) => `LISTEN 0      511    ${`0.0.0.0:${port}`.padStart(18)} ${"0.0.0.0:*".padStart(17)}${extra ? ` users:(("${command.split("/").pop() ?? ""}",pid=1,fd=6))` : ""}\n`).join("")}`);
};

/** `traceroute HOST`: the machine, then the one who answers. */
const traceroute: NetworkCommand = ({ argv }, process) => {
  const target = options(argv, ["-m", "-w", "-q"]).words[0] ?? "";
  const found = reach(process, target);
  if (!found) return failed(`traceroute: bad address '${target}'\n`);
  const lines = found.answers ? [` 1  ${network(found.ip)}.1 (${network(found.ip)}.1)  0.010 ms  0.006 ms  0.005 ms`, ` 2  ${target} (${found.ip})  ${PRIVATE} ms  ${PRIVATE} ms  ${PRIVATE} ms`] : Array.from({ length: 30 }, (_, i) => `${String(i + 1).padStart(2)}  *  *  *`);
  return done(`traceroute to ${target} (${found.ip}), 30 hops max, 46 byte packets\n${lines.join("\n")}\n`, found.answers ? 10 : 30_000);
};

/** What busybox brings for looking at the network. */
export const busyboxLooks: Readonly<Record<string, NetworkCommand | ProcessCommand>> = { ping: ping(true), ip, ifconfig, netstat, telnet, traceroute };
/** What a full system has installed for it. */
export const fullLooks: Readonly<Record<string, NetworkCommand | ProcessCommand>> = { getent, ping: ping(false), ip, ifconfig, netstat, ss, dig, host, telnet, traceroute };
