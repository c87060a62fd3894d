import type { Command, CommandResult } from "../host";
import { readArguments } from "./files";

function simple(name: string, run: Command["run"]): Command {
  return { name, run };
}

const print = (text: string): CommandResult => ({ status: 0, stdout: `${text}\n` });

/** `id [-u] [-g] [-n]` */
export const id = simple("id", (args, io) => {
  const { user, uid, gid } = io.identity;
  const { flags } = readArguments(args, "ugnG");
  if (flags.has("u")) return print(flags.has("n") ? user : String(uid));
  if (flags.has("g") || flags.has("G")) return print(flags.has("n") ? user : String(gid));
  const name = (number: number): string => (number === uid || number === 0 ? `(${number === 0 ? "root" : user})` : "");
  return print(`uid=${uid}${name(uid)} gid=${gid}${gid === 0 ? "(root)" : ""}${uid === 0 ? " groups=0(root)" : ""}`);
});

/** `whoami` */
export const whoami = simple("whoami", (_, io) => print(io.identity.user));
/** `hostname [-s] [-f] [-i]`; the address is the host's to tell. */
export const hostname = simple("hostname", (args, io) => (args.includes("-s") ? print(io.identity.hostname.split(".")[0] ?? "") : print(io.identity.hostname)));

/** `uname [-a] [-s] [-n] [-r] [-m]` */
export const uname = simple("uname", (args, io) => {
  const { flags } = readArguments(args, "asnrmvpio");
  const { hostname: name, kernel } = io.identity;
  if (flags.has("a")) return print(`Linux ${name} ${kernel} #1 SMP PREEMPT_DYNAMIC x86_64 Linux`);
  const parts = [flags.has("s") || flags.size === 0 ? "Linux" : "", flags.has("n") ? name : "", flags.has("r") ? kernel : "", flags.has("m") || flags.has("p") ? "x86_64" : "", flags.has("o") ? "Linux" : ""];
  return print(parts.filter((part) => part !== "").join(" "));
});

/** `printenv [NAME…]` */
export const printenv = simple("printenv", (args, io) => {
  if (args.length === 0) return { status: 0, stdout: Object.entries(io.env).map(([name, value]) => `${name}=${value}\n`).join("") };
  const known = args.filter((name) => Object.hasOwn(io.env, name));
  return { status: known.length === args.length ? 0 : 1, stdout: known.map((name) => `${io.env[name] ?? ""}\n`).join("") };
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
