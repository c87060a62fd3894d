import type { Command, CommandResult } from "../host";
import { failure, readArguments, unknownOption } from "./files";

function simple(name: string, run: Command["run"]): Command {
  return { name, run };
}

const print = (text: string): CommandResult => ({ status: 0, stdout: `${text}\n` });

/** `id [-u | -g | -G] [-n] [USER]` */
export const id = simple("id", (args, io) => {
  const { flags, operands, unknown } = readArguments(args, "ugnGrz", "", { user: "u", group: "g", groups: "G", name: "n", real: "r" });
  if (unknown !== undefined) return unknownOption("id", unknown);
  const [asked] = operands;
  const isKnown = asked === undefined || asked === "root" || asked === "0" || asked === io.identity.user;
  if (!isKnown) return failure("id", `'${asked}': no such user`);
  const isRoot = asked === "root" || asked === "0";
  const { user, uid, gid } = isRoot ? { user: "root", uid: 0, gid: 0 } : io.identity;
  if (flags.has("n") && !flags.has("u") && !flags.has("g") && !flags.has("G")) return failure("id", "cannot print only names or real IDs in default format");
  if (flags.has("u")) return print(flags.has("n") ? user : String(uid));
  if (flags.has("g") || flags.has("G")) return print(flags.has("n") ? (gid === 0 ? "root" : user) : String(gid));
  const name = (number: number): string => (number === uid || number === 0 ? `(${number === 0 ? "root" : user})` : "");
  return print(`uid=${uid}${name(uid)} gid=${gid}${gid === 0 ? "(root)" : ""}${uid === 0 ? " groups=0(root)" : ""}`);
});

/** `groups [USER]` */
export const groups = simple("groups", ([user], io) => (user === undefined ? print(io.identity.gid === 0 ? "root" : io.identity.user) : user === "root" || user === io.identity.user ? print(`${user} : ${user}`) : failure("groups", `'${user}': no such user`)));

/** `whoami` */
export const whoami = simple("whoami", ([extra], io) => (extra === undefined ? print(io.identity.user) : failure("whoami", `extra operand '${extra}'\nTry 'whoami --help' for more information.`)));
/** `hostname [-s] [-f] [-d] [-i] [-I]`: what /etc/hosts says of it, as far as it says. */
export const hostname = simple("hostname", (args, io) => {
  const { flags, unknown } = readArguments(args, "sfdiIA", "", { short: "s", fqdn: "f", long: "f", domain: "d", "ip-address": "i", "all-ip-addresses": "I" });
  if (unknown !== undefined) return unknownOption("hostname", unknown);
  const own = io.identity.hostname;
  const content = io.fs.readFile("/etc/hosts");
  const entries = ("error" in content ? "" : content.text).split("\n").map((line) => line.replace(/#.*/, "").trim().split(/\s+/)).filter(([, ...names]) => names.includes(own));
  const whole = entries.flatMap(([, ...names]) => names).find((name) => name.startsWith(`${own}.`)) ?? own;
  const at = whole.indexOf(".");
  if (flags.has("I")) return print(`${entries.map(([address]) => address).join(" ")} `);
  if (flags.has("i")) return entries.length > 0 ? print(entries.map(([address]) => address).join(" ")) : failure("hostname", `${own}: Name or service not known`);
  if (flags.has("d")) return print(at < 0 ? "" : whole.slice(at + 1));
  return print(flags.has("s") ? (own.split(".")[0] ?? "") : flags.has("f") ? whole : own);
});

/** `uname [-a] [-s] [-n] [-r] [-m]` */
export const uname = simple("uname", (args, io) => {
  const { flags, unknown } = readArguments(args, "asnrmvpio", "", { all: "a", "kernel-name": "s", nodename: "n", "kernel-release": "r", machine: "m", "kernel-version": "v", processor: "p", "operating-system": "o" });
  if (unknown !== undefined) return unknownOption("uname", unknown);
  const { hostname: name, kernel } = io.identity;
  if (flags.has("a")) return print(`Linux ${name} ${kernel} #1 SMP PREEMPT_DYNAMIC x86_64 Linux`);
  const parts = [flags.has("s") || flags.size === 0 ? "Linux" : "", flags.has("n") ? name : "", flags.has("r") ? kernel : "", flags.has("m") || flags.has("p") ? "x86_64" : "", flags.has("v") ? "#1 SMP PREEMPT_DYNAMIC" : "", flags.has("o") ? "Linux" : ""];
  return print(parts.filter((part) => part !== "").join(" "));
});

/** `envsubst ['$NAME ${NAME}']`: fills in the environment's values, of these names only when some are given. */
export const envsubst: Command = {
  name: "envsubst",
  readsStdin: (args) => !args.some((arg) => arg.startsWith("-")),
  run(args, io) {
    const named = (text: string): readonly string[] => [...text.matchAll(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g)].map(([, bare, braced]) => bare ?? braced ?? "");
    if (args[0] === "-v" || args[0] === "--variables") return { status: 0, stdout: named(args[1] ?? "").map((name) => `${name}\n`).join("") };
    const wanted = args[0] === undefined ? undefined : new Set(named(args[0]));
    const value = (name: string): string => (Object.hasOwn(io.env, name) ? (io.env[name] ?? "") : "");
    return { status: 0, stdout: io.stdin.replace(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/g, (whole: string, bare?: string, braced?: string) => (wanted && !wanted.has(bare ?? braced ?? "") ? whole : value(bare ?? braced ?? ""))) };
  },
};

/** `printenv [NAME…]` */
export const printenv = simple("printenv", (words, io) => {
  const end = words[0] === "-0" || words[0] === "--null" ? "\0" : "\n";
  const args = end === "\0" ? words.slice(1) : words;
  if (args.length === 0) return { status: 0, stdout: Object.entries(io.env).map(([name, value]) => `${name}=${value}${end}`).join("") };
  const known = args.filter((name) => Object.hasOwn(io.env, name));
  return { status: known.length === args.length ? 0 : 1, stdout: known.map((name) => `${io.env[name] ?? ""}${end}`).join("") };
});

/**
 * `yes [WORD…]`
 * @simplified ends after ten thousand lines, since nobody can read more before it is stopped.
 */
export const yes = simple("yes", (args) => ({ status: 0, stdout: `${args.join(" ") || "y"}\n`.repeat(10_000) }));

/** `nproc`, `tty`, `sync`, `clear`: the little that a container's script asks of them. */
export const nproc = simple("nproc", () => print("2"));
export const sync = simple("sync", (_args, io) => {
  io.fs.sync?.();
  return { status: 0 };
});
