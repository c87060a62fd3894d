/** `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`, `cksum`: what a text comes to. */
import type { Command, CommandIo, CommandResult } from "../host";
import { resolvePath } from "../path";
import { toBytes } from "./bytes";
import { md5, sha1, sha256, sha512 } from "./digests";
import { failure, filtered, linesOf, readArguments, readInputs, reasonOf, unknownOption, usesStdin } from "./files";

/** The CRC of POSIX `cksum`, the length counted in. */
function crc(bytes: readonly number[]): number {
  const length: number[] = [];
  for (let left = bytes.length; left > 0; left = Math.floor(left / 256)) length.push(left & 255);
  let value = 0;
  for (const byte of [...bytes, ...length]) {
    value ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  }
  return ~value >>> 0;
}

type Hash = (bytes: readonly number[]) => string;
const LONG = { check: "c", binary: "b", text: "t", status: "q", quiet: "Q", warn: "w", strict: "S", zero: "z", tag: "T" };
const parse = (args: readonly string[]) => readArguments(args, "cbtwszq", "", LONG);

/** `-c`: does each file still come to what is written down? */
function verify(name: string, hash: Hash, lists: readonly { readonly path: string; readonly text: string }[], flags: ReadonlyMap<string, string>, io: CommandIo): CommandResult {
  let stdout = "";
  let stderr = "";
  const isSilent = flags.has("q") || flags.has("s");
  let isFailed = false;
  for (const { path, text } of lists) {
    const known = linesOf(text).map((line) => /^\\?([0-9a-fA-F]+) [ *](.+)$/.exec(line));
    const rows = known.filter((match) => match?.[1]?.length === hash([]).length);
    let [wrong, missing] = [0, 0];
    for (const row of rows) {
      const file = row?.[2] ?? "";
      const content = io.fs.readFile(resolvePath(io.cwd, file));
      if ("error" in content) {
        missing += 1;
        stderr += `${name}: ${file}: ${reasonOf(content.error)}\n`;
        if (!isSilent) stdout += `${file}: FAILED open or read\n`;
        continue;
      }
      const isSame = hash(toBytes(content.text)) === row?.[1]?.toLowerCase();
      if (!isSame) wrong += 1;
      if (!isSilent && !(isSame && flags.has("Q"))) stdout += `${file}: ${isSame ? "OK" : "FAILED"}\n`;
    }
    const many = (count: number, one: string, more: string): string => `${name}: WARNING: ${count} ${count === 1 ? one : more}\n`;
    if (rows.length === 0) stderr += `${name}: ${path === "-" ? "standard input" : path}: no properly formatted checksum lines found\n`;
    else if (!isSilent) {
      if (rows.length < known.length) stderr += many(known.length - rows.length, "line is improperly formatted", "lines are improperly formatted");
      if (missing > 0) stderr += many(missing, "listed file could not be read", "listed files could not be read");
      if (wrong > 0) stderr += many(wrong, "computed checksum did NOT match", "computed checksums did NOT match");
    }
    isFailed ||= rows.length === 0 || wrong > 0 || missing > 0;
  }
  return { status: isFailed ? 1 : 0, stdout, stderr };
}

function digest(name: string, hash: Hash): Command {
  return {
    name,
    readsStdin: (args) => usesStdin(parse(args).operands),
    run(args, io) {
      const { flags, operands, unknown } = parse(args);
      if (unknown !== undefined) return unknownOption(name, unknown);
      const { inputs, errors } = readInputs(name, operands, io);
      if (!flags.has("c")) return filtered(inputs.map(({ path, text }) => (flags.has("T") ? `${name.replace("sum", "").toUpperCase()} (${path}) = ${hash(toBytes(text))}\n` : `${hash(toBytes(text))} ${flags.has("b") ? "*" : " "}${path}${flags.has("z") ? "\0" : "\n"}`)).join(""), errors);
      const checked = verify(name, hash, inputs, flags, io);
      return errors === "" ? checked : { ...checked, status: 1, stderr: errors + (checked.stderr ?? "") };
    },
  };
}

/** `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`, all with `-c`. */
export const md5sum = digest("md5sum", md5);
export const sha1sum = digest("sha1sum", sha1);
export const sha256sum = digest("sha256sum", sha256);
export const sha512sum = digest("sha512sum", sha512);

/** `cksum [FILE…]` */
export const cksum: Command = {
  name: "cksum",
  readsStdin: usesStdin,
  run(args, io) {
    const bad = args.find((arg) => /^-./.test(arg));
    if (bad !== undefined) return failure("cksum", `invalid option -- '${bad.slice(1, 2)}'`);
    const { inputs, errors } = readInputs("cksum", args, io);
    return filtered(inputs.map(({ path, text }) => `${crc(toBytes(text))} ${toBytes(text).length}${args.length === 0 ? "" : ` ${path}`}\n`).join(""), errors);
  },
};
