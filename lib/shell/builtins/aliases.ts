/** `alias` and `unalias`. A terminal puts an alias's text in its place before it reads the line. */
import type { Process } from "../state";
import { type Builtin, fail } from "./builtin";

function shown(process: Process, name: string): string {
  const text = (process.aliases?.[name] ?? "").replaceAll("'", "'\\''");
  return `${process.bash ? "alias " : ""}${name}='${text}'\n`;
}

const alias: Builtin = (machine, process, args) => {
  const words = args.filter((arg) => arg !== "-p" && arg !== "--");
  const known = process.aliases ?? {};
  if (words.length === 0) machine.write(process, 1, Object.keys(known).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((name) => shown(process, name)).join(""));
  let status = 0;
  for (const word of words) {
    const at = word.indexOf("=");
    if (at > 0) process.aliases = { ...process.aliases, [word.slice(0, at)]: word.slice(at + 1) };
    else if (Object.hasOwn(process.aliases ?? {}, word)) machine.write(process, 1, shown(process, word));
    else status = process.bash ? fail(machine, process, `alias: ${word}: not found`) : fail(machine, process, `alias: ${word} not found`);
  }
  return status;
};

const unalias: Builtin = (machine, process, args) => {
  if (args[0] === "-a") {
    process.aliases = {};
    return 0;
  }
  let status = 0;
  for (const name of args) {
    const { [name]: gone, ...rest } = process.aliases ?? {};
    if (gone === undefined) status = fail(machine, process, process.bash ? `unalias: ${name}: not found` : `unalias: ${name} not found`);
    else process.aliases = rest;
  }
  return status;
};

/** Forgets where programs were found, which nothing here remembers. */
const hash: Builtin = () => 0;

export const aliases: Readonly<Record<string, Builtin>> = { alias, unalias, hash };
