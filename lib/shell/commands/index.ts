import type { Command } from "../host";
import { basename, date, dirname, hostname, id, nproc, printenv, readlink, realpath, seq, sync, uname, whoami, yes } from "./about";
import { gunzip, gzip, tar, zcat } from "./archive";
import { awk } from "./awk/index";
import { cat } from "./cat";
import { diff } from "./diff";
import { base64, md5sum, sha256sum } from "./digests";
import { expr, hexdump, od, stat, xxd } from "./dumps";
import { column, cut, paste, tee, tr } from "./fields";
import { chmod, cp, ln, mkdir, mv, rm, rmdir, touch } from "./file-changes";
import { du, find } from "./find";
import { egrep, fgrep, grep } from "./grep";
import { jq } from "./jq/index";
import { head, nl, rev, sort, tac, tail, uniq, wc } from "./lines";
import { ls } from "./listing";
import { sed } from "./sed";
import { dd, fallocate, truncate } from "./sizes";

const all: readonly Command[] = [
  awk, base64, basename, cat, chmod, column, cp, cut, date, dd, diff, dirname, du, egrep, expr, fallocate, fgrep, find, grep, gunzip, gzip, head, hexdump, hostname, id, jq, ln, ls, md5sum, mkdir, mv, nl, nproc, od, paste,
  printenv, readlink, realpath, rev, rm, rmdir, sed, seq, sha256sum, sort, stat, sync, tac, tail, tar, tee, touch, tr, truncate, uname, uniq, wc, whoami, xxd, yes, zcat,
];

/** Every text and file command we have, by name. */
export const allCommands: ReadonlyMap<string, Command> = new Map(all.map((command) => [command.name, command]));

/** Only the commands of these names: what an image has installed. */
export function commandsNamed(names: Iterable<string>): ReadonlyMap<string, Command> {
  const wanted = new Set(names);
  return new Map(all.filter(({ name }) => wanted.has(name)).map((command) => [command.name, command]));
}
