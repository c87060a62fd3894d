import type { Command, CommandIo } from "../host";
import { filtered, joinLines, linesOf, readArguments, readInputs, usesStdin } from "./files";

/** Rewrites `-5` as `-n 5`. */
function withCount(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => (/^-\d+$/.test(arg) && !/^-[nc]$/.test(args[i - 1] ?? "") ? ["-n", arg.slice(1)] : [arg]));
}

function titled(name: string, args: readonly string[], io: CommandIo, valued: string, cut: (text: string, flags: ReadonlyMap<string, string>) => string): ReturnType<Command["run"]> {
  const { flags, operands } = readArguments(withCount(args), "qvfFs", valued, { lines: "n", bytes: "c", follow: "f" });
  const { inputs, errors } = readInputs(name, operands, io);
  const parts = inputs.map(({ path, text }, i) => {
    const title = inputs.length > 1 && !flags.has("q") ? `${i > 0 ? "\n" : ""}==> ${path === "-" ? "standard input" : path} <==\n` : "";
    return title + cut(text, flags);
  });
  return filtered(parts.join(""), errors);
}

/** `head [-n N | -c N] [FILE…]` */
export const head: Command = {
  name: "head",
  readsStdin: (args) => usesStdin(readArguments(withCount(args), "qv", "nc").operands),
  hasEnough(args, stdin) {
    const { flags } = readArguments(withCount(args), "qv", "nc");
    if (flags.has("c")) return stdin.length >= Number(flags.get("c"));
    const wanted = Number(flags.get("n") ?? "10");
    return wanted >= 0 && stdin.split("\n").length > wanted;
  },
  run: (args, io) =>
    titled("head", args, io, "nc", (text, flags) => {
      const bytes = flags.get("c");
      if (bytes !== undefined) return text.slice(0, Number(bytes));
      const count = Number(flags.get("n") ?? "10") || 0;
      const lines = text.split(/(?<=\n)/);
      return lines.slice(0, count < 0 ? Math.max(0, lines.length + count) : count).join("");
    }),
};

/** `tail [-n N | -n +N | -c N] [FILE…]`; following a file that grows is the host's business. */
export const tail: Command = {
  name: "tail",
  isEndless: (args) => args.some((arg) => /^-\w*[fF]/.test(arg) || arg.startsWith("--follow") || arg === "--retry"),
  readsStdin: (args) => usesStdin(readArguments(withCount(args), "qvfFs", "nc").operands),
  run: (args, io) =>
    titled("tail", args, io, "nc", (text, flags) => {
      const isBytes = flags.has("c");
      const given = flags.get("c") ?? flags.get("n") ?? "10";
      const count = Math.abs(Number(given.replace(/^\+/, "")) || 0);
      const units = isBytes ? [...text] : text.split(/(?<=\n)/).filter((line) => line !== "");
      return (given.startsWith("+") ? units.slice(Math.max(0, count - 1)) : count === 0 ? [] : units.slice(-count)).join("");
    }),
};

/** A filter that maps the lines of all its inputs. */
function lineFilter(name: string, change: (lines: readonly string[]) => readonly string[], isLinewise = false): Command {
  return {
    name,
    readsStdin: usesStdin,
    isLinewise: () => isLinewise,
    run(args, io) {
      const { inputs, errors } = readInputs(name, args.filter((arg) => !/^-./.test(arg)), io);
      return filtered(inputs.map(({ text }) => joinLines(change(linesOf(text)))).join(""), errors);
    },
  };
}

/** `tac`, `rev` and `nl`. */
export const tac = lineFilter("tac", (lines) => [...lines].reverse());
export const rev = lineFilter("rev", (lines) => lines.map((line) => [...line].reverse().join("")), true);
export const nl = lineFilter("nl", (lines) => {
  let number = 0;
  return lines.map((line) => {
    if (line === "") return "       ";
    number += 1;
    return `${String(number).padStart(6)}\t${line}`;
  });
});

/** `wc [-l] [-w] [-c] [-m] [FILE…]` */
export const wc: Command = {
  name: "wc",
  readsStdin: (args) => usesStdin(readArguments(args, "lwcmL").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "lwcmL", "", { lines: "l", words: "w", bytes: "c", chars: "m" });
    const { inputs, errors } = readInputs("wc", operands, io);
    const kinds = [..."lwmcL"].filter((kind) => (flags.size === 0 ? "lwc".includes(kind) : flags.has(kind)));
    const rows = inputs.map(({ path, text }) => ({ path, counts: kinds.map((kind) => countOf(kind, text)) }));
    if (rows.length > 1) rows.push({ path: "total", counts: kinds.map((_, i) => rows.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0)) });
    const isBare = kinds.length === 1;
    const lines = rows.map(({ path, counts }) => {
      const shown = counts.map((count) => (isBare ? String(count) : String(count).padStart(9))).join(isBare ? "" : " ");
      return path === "-" ? shown : `${shown} ${path}`;
    });
    return filtered(joinLines(lines), errors);
  },
};

function countOf(kind: string, text: string): number {
  switch (kind) {
    case "l": return text.split("\n").length - 1;
    case "w": return text.split(/\s+/).filter((word) => word !== "").length;
    case "m": return [...text].length;
    case "L": return Math.max(0, ...linesOf(text).map((line) => line.length));
    default: return utf8Length(text);
  }
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** `sort [-n] [-r] [-u] [-f] [-h] [-V] [-k N[,M]] [-t C] [-o FILE] [FILE…]`, in the C locale. */
export const sort: Command = {
  name: "sort",
  readsStdin: (args) => usesStdin(readArguments(args, "nrufhVbsgcz", "kto").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "nrufhVbsgcz", "kto");
    const { inputs, errors } = readInputs("sort", operands, io);
    const key = /^(\d+)(?:\.\d+)?([nrfhV]*)(?:,(\d+))?([nrfhV]*)/.exec(flags.get("k") ?? "");
    const letters = (key?.[2] ?? "") + (key?.[4] ?? "");
    const has = (letter: string): boolean => flags.has(letter) || letters.includes(letter);
    const keyOf = (line: string): string => {
      if (!key) return line;
      const fields = flags.has("t") ? line.split(flags.get("t") ?? "\t") : line.trim().split(/\s+/);
      return fields.slice(Number(key[1]) - 1, key[3] === undefined ? undefined : Number(key[3])).join(flags.get("t") ?? " ");
    };
    const rank = (line: string): string => (has("f") ? keyOf(line).toUpperCase() : keyOf(line));
    const compareKeys = (a: string, b: string): number => {
      if (has("n") || has("g")) return (parseFloat(a) || 0) - (parseFloat(b) || 0);
      if (has("h")) return humanValue(a) - humanValue(b);
      if (has("V")) return compareVersions(a, b);
      return a < b ? -1 : a > b ? 1 : 0;
    };
    const sign = has("r") ? -1 : 1;
    const lines = inputs.flatMap(({ text }) => linesOf(text)).sort((a, b) => sign * (compareKeys(rank(a), rank(b)) || (flags.has("s") || flags.has("u") ? 0 : a < b ? -1 : a > b ? 1 : 0)));
    const kept = flags.has("u") ? lines.filter((line, i) => i === 0 || compareKeys(rank(line), rank(lines[i - 1] as string)) !== 0) : lines;
    return filtered(joinLines(kept), errors);
  },
};

function humanValue(text: string): number {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*([KMGT]?)/i.exec(text);
  return Number(match?.[1] ?? 0) * ({ K: 1024, M: 1048576, G: 1073741824, T: 1099511627776 }[(match?.[2] ?? "").toUpperCase()] ?? 1);
}

function compareVersions(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const l = left[i] ?? "";
    const r = right[i] ?? "";
    const difference = /^\d/.test(l) && /^\d/.test(r) ? Number(l) - Number(r) : l < r ? -1 : l > r ? 1 : 0;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** `uniq [-c] [-d] [-u] [-i] [FILE]` */
export const uniq: Command = {
  name: "uniq",
  readsStdin: (args) => usesStdin(readArguments(args, "cdui", "fsw").operands),
  run(args, io) {
    const { flags, operands } = readArguments(args, "cdui", "fsw");
    const { inputs, errors } = readInputs("uniq", operands.slice(0, 1), io);
    const runs: { line: string; count: number }[] = [];
    for (const line of inputs.flatMap(({ text }) => linesOf(text))) {
      const last = runs.at(-1);
      const same = last && (flags.has("i") ? last.line.toLowerCase() === line.toLowerCase() : last.line === line);
      if (same) last.count += 1;
      else runs.push({ line, count: 1 });
    }
    const kept = runs.filter(({ count }) => (!flags.has("d") || count > 1) && (!flags.has("u") || count === 1));
    return filtered(joinLines(kept.map(({ line, count }) => (flags.has("c") ? `${String(count).padStart(7)} ${line}` : line))), errors);
  },
};
