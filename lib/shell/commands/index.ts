import type { Command } from "../host";
import { basename, dirname, hostname, id, nproc, printenv, readlink, realpath, sync, uname, whoami, yes } from "./about";
import { gunzip, gzip, tar, zcat } from "./archive";
import { awk } from "./awk/index";
import { cat } from "./cat";
import { date } from "./date";
import { diff } from "./diff";
import { base64, md5sum, sha256sum } from "./digests";
import { head, tail } from "./ends";
import { expr, hexdump, od, stat, xxd } from "./dumps";
import { column, expand, fold, paste, unexpand } from "./columns";
import { cut } from "./cut";
import { chmod, cp, ln, mkdir, mv, rm, rmdir, touch } from "./file-changes";
import { du } from "./du";
import { find } from "./find";
import { egrep, fgrep, grep } from "./grep";
import { jq } from "./jq/index";
import { nl, rev, tac, wc } from "./lines";
import { ls } from "./listing";
import { sed } from "./sed";
import { comm, join } from "./relate";
import { seq } from "./seq";
import { sort } from "./sort";
import { shuf, split } from "./split";
import { tee } from "./tee";
import { tr } from "./translate";
import { uniq } from "./uniq";
import { dd, fallocate, truncate } from "./sizes";

const all: readonly Command[] = [
  awk, base64, basename, cat, chmod, column, comm, cp, cut, date, dd, diff, dirname, du, egrep, expand, expr, fallocate, fgrep, find, fold, grep,
  gunzip, gzip, head, hexdump, hostname, id, join, jq, ln, ls, md5sum, mkdir, mv, nl, nproc, od, paste, printenv, readlink, realpath, rev, rm, rmdir,
  sed, seq, sha256sum, shuf, sort, split, stat, sync, tac, tail, tar, tee, touch, tr, truncate, uname, unexpand, uniq, wc, whoami, xxd, yes, zcat,
];

/** Every text and file command we have, by name. */
export const allCommands: ReadonlyMap<string, Command> = new Map(all.map((command) => [command.name, command]));

/** Only the commands of these names: what an image has installed. */
export function commandsNamed(names: Iterable<string>): ReadonlyMap<string, Command> {
  const wanted = new Set(names);
  return new Map(all.filter(({ name }) => wanted.has(name)).map((command) => [command.name, command]));
}
