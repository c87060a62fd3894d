import type { Command, CommandIo } from "../host";
import { baseOf, joinPath, resolvePath } from "../path";
import { matchPattern } from "../pattern";
import { failure, reasonOf } from "./files";
import { humanSize } from "./listing";

type Test = (path: string, io: CommandIo) => boolean;

/** Reads `-name P -iname P -type T -path P -size +N -empty ! -o`; undefined for what it does not know. */
function readTests(words: readonly string[]): { test: Test; maxDepth: number; minDepth: number; deletes: boolean; zero: boolean } | string {
  const alternatives: Test[][] = [[]];
  const options = { maxDepth: 60, minDepth: 0, deletes: false, zero: false };
  let negated = false;
  const add = (test: Test): void => {
    const isNegated = negated;
    alternatives.at(-1)?.push((path, io) => test(path, io) !== isNegated);
    negated = false;
  };
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const value = (): string => words[++i] ?? "";
    if (word === "-name" || word === "-iname") {
      const pattern = value();
      add((path) => (word === "-name" ? matchPattern(pattern, baseOf(path)) : matchPattern(pattern.toLowerCase(), baseOf(path).toLowerCase())));
    } else if (word === "-path") {
      const pattern = value();
      add((path) => matchPattern(pattern, path));
    } else if (word === "-type") {
      const type = { f: "file", d: "directory", l: "symlink", c: "device" }[value()];
      add((path, io) => io.fs.lstat(resolvePath(io.cwd, path))?.type === type);
    } else if (word === "-empty") {
      add((path, io) => {
        const absolute = resolvePath(io.cwd, path);
        const stat = io.fs.lstat(absolute);
        return stat?.type === "directory" ? (io.fs.list(absolute) ?? []).length === 0 : stat?.size === 0;
      });
    } else if (word === "-size") {
      const match = /^([-+]?)(\d+)([ckM]?)$/.exec(value());
      const size = Number(match?.[2] ?? 0) * ({ c: 1, k: 1024, M: 1048576 }[match?.[3] ?? ""] ?? 512);
      add((path, io) => {
        const actual = io.fs.lstat(resolvePath(io.cwd, path))?.size ?? 0;
        return match?.[1] === "+" ? actual > size : match?.[1] === "-" ? actual < size : actual === size;
      });
    } else if (word === "-maxdepth") options.maxDepth = Number(value()) || 0;
    else if (word === "-mindepth") options.minDepth = Number(value()) || 0;
    else if (word === "!" || word === "-not") negated = !negated;
    else if (word === "-o" || word === "-or") alternatives.push([]);
    else if (word === "-delete") options.deletes = true;
    else if (word === "-print0") options.zero = true;
    else if (word !== "-print" && word !== "-a" && word !== "-xdev") return word;
  }
  return { ...options, test: (path, io) => alternatives.some((tests) => tests.every((test) => test(path, io))) };
}

/** `find [PATH…] [TESTS]` */
export const find: Command = {
  name: "find",
  run(args, io) {
    const first = args.findIndex((arg) => /^[-!]/.test(arg));
    const paths = first < 0 ? args : args.slice(0, first);
    const tests = readTests(first < 0 ? [] : args.slice(first));
    if (typeof tests === "string") return failure("find", `unrecognized: ${tests}`);
    const found: string[] = [];
    let stderr = "";
    const visit = (path: string, depth: number): void => {
      const absolute = resolvePath(io.cwd, path);
      const stat = io.fs.lstat(absolute);
      if (!stat || found.length > 20_000) return;
      const isFound = depth >= tests.minDepth && tests.test(path, io);
      if (isFound && !tests.deletes) found.push(path);
      if (stat.type === "directory" && depth < Math.min(tests.maxDepth, 60)) {
        for (const name of [...(io.fs.list(absolute) ?? [])].sort((a, b) => (a < b ? -1 : 1))) visit(joinPath(path, name), depth + 1);
      }
      const error = isFound && tests.deletes ? io.fs.remove(absolute) : undefined;
      if (error) stderr += `find: ${path}: ${reasonOf(error)}\n`;
    };
    for (const path of paths.length > 0 ? paths : ["."]) {
      if (io.fs.lstat(resolvePath(io.cwd, path))) visit(path, 0);
      else stderr += `find: ${path}: No such file or directory\n`;
    }
    return { status: stderr === "" ? 0 : 1, stdout: found.map((path) => path + (tests.zero ? "\0" : "\n")).join(""), stderr };
  },
};

/** `du [-s] [-h] [-a] [PATH…]`, in blocks of 1 KiB. */
export const du: Command = {
  name: "du",
  run(args, io) {
    const flags = args.filter((arg) => /^-/.test(arg)).join("");
    const paths = args.filter((arg) => !/^-/.test(arg));
    const lines: string[] = [];
    const show = (kib: number, path: string): void => void lines.push(`${flags.includes("h") ? humanSize(kib * 1024) : kib}\t${path}`);
    const measure = (path: string, depth: number): number => {
      const absolute = resolvePath(io.cwd, path);
      const stat = io.fs.lstat(absolute);
      const own = Math.ceil((stat?.size ?? 0) / 4096) * 4;
      if (stat?.type !== "directory" || depth > 60) {
        if (flags.includes("a") && depth > 0) show(own, path);
        return own;
      }
      const total = [...(io.fs.list(absolute) ?? [])].sort((a, b) => (a < b ? -1 : 1)).reduce((sum, name) => sum + measure(joinPath(path, name), depth + 1), own);
      if (depth > 0 && !flags.includes("s")) show(total, path);
      return total;
    };
    let stderr = "";
    for (const path of paths.length > 0 ? paths : ["."]) {
      if (io.fs.lstat(resolvePath(io.cwd, path))) show(measure(path, 0), path);
      else stderr += `du: ${path}: No such file or directory\n`;
    }
    return { status: stderr === "" ? 0 : 1, stdout: lines.map((line) => `${line}\n`).join(""), stderr };
  },
};
