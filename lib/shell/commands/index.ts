import type { Command } from "../host";
import { envsubst, groups, hostname, id, nproc, printenv, sync, uname, whoami, yes } from "./about";
import { tar } from "./archive";
import { gunzip, gzip, zcat, zgrep } from "./compress";
import { awk } from "./awk/index";
import { cat, more } from "./cat";
import { date } from "./date";
import { diff } from "./diff";
import { cmp } from "./compare";
import { base64 } from "./base64";
import { head, tail } from "./ends";
import { hexdump, od, xxd } from "./dumps";
import { expr } from "./expr";
import { column, expand, fold, paste, unexpand } from "./columns";
import { cut } from "./cut";
import { cp, mv } from "./copying";
import { chgrp, chmod, chown, ln, mkdir, rm, rmdir, touch, unlink } from "./file-changes";
import { du } from "./du";
import { find } from "./find";
import { egrep, fgrep, grep } from "./grep";
import { jq } from "./jq/index";
import { nl, rev, tac, wc } from "./lines";
import { ls } from "./listing";
import { sed } from "./sed";
import { comm, join } from "./relate";
import { basename, dirname, readlink, realpath } from "./paths";
import { seq } from "./seq";
import { sort } from "./sort";
import { shuf, split } from "./split";
import { stat } from "./stat";
import { cksum, md5sum, sha1sum, sha256sum, sha512sum } from "./sums";
import { tee } from "./tee";
import { mktemp } from "./temporary";
import { tr } from "./translate";
import { uniq } from "./uniq";
import { dd, fallocate, truncate } from "./sizes";

const all: readonly Command[] = [
  awk, base64, basename, cat, chgrp, chmod, chown, cksum, cmp, column, comm, cp, cut, date, dd, diff, dirname, du, egrep, envsubst, expand, expr, fallocate,
  fgrep, find, fold, grep, groups, gunzip, gzip, head, hexdump, hostname, id, join, jq, ln, ls, md5sum, mkdir, mktemp, more, mv, nl, nproc, od, paste,
  printenv, readlink, realpath, rev, rm, rmdir, sed, seq, sha1sum, sha256sum, sha512sum, shuf, sort, split, stat, sync, tac, tail, tar, tee, touch,
  tr, truncate, uname, unexpand, uniq, unlink, wc, whoami, xxd, yes, zcat, zgrep,
];

/** Every text and file command we have, by name. */
export const allCommands: ReadonlyMap<string, Command> = new Map(all.map((command) => [command.name, command]));

/** Only the commands of these names: what an image has installed. */
export function commandsNamed(names: Iterable<string>): ReadonlyMap<string, Command> {
  const wanted = new Set(names);
  return new Map(all.filter(({ name }) => wanted.has(name)).map((command) => [command.name, command]));
}
