import { keyOf, setElement, splitElement, wholeNumber } from "../arrays";
import { setVariable } from "../expand";
import type { Process } from "../state";
import type { Builtin } from "./builtin";
import { escapeEcho } from "./escapes";

const DIRECTIVE = /\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)|%([-+ 0#]*)(\*|\d{0,5})(?:\.(\*|\d{0,5}))?([a-zA-Z%])/gs;

/** Formats as `printf FORMAT ARG…` does, using the format again while arguments are left. */
export function formatText(format: string, args: readonly string[]): { readonly text: string; readonly problem?: string } {
  let rest = [...args];
  let text = "";
  let problem: string | undefined;
  do {
    const before = rest.length;
    let isCut = false;
    text += format.replace(DIRECTIVE, (whole: string, flags: string | undefined, width: string | undefined, precision: string | undefined, kind: string | undefined) => {
      if (isCut) return "";
      if (kind === undefined) {
        if (whole === "\\c") isCut = true;
        return whole === '\\"' ? '"' : escapeEcho(whole).text;
      }
      if (kind === "%") return "%";
      const take = (): string => rest.shift() ?? "";
      const wide = width === "*" ? Number(take()) || 0 : Number(width ?? 0);
      const precise = precision === undefined ? undefined : precision === "*" ? Number(take()) || 0 : Number(precision || 0);
      const formatted = formatOne(kind, flags ?? "", precise, take());
      problem ??= formatted.problem;
      isCut ||= formatted.isCut === true;
      return pad(formatted.text, Math.min(wide, 10_000), flags ?? "", kind);
    });
    if (rest.length === before || isCut) rest = [];
  } while (rest.length > 0 && text.length < 1_000_000);
  return problem === undefined ? { text } : { text, problem };
}

function pad(text: string, width: number, flags: string, kind: string): string {
  if (flags.includes("-")) return text.padEnd(width);
  if (flags.includes("0") && /[dioxXufeg]/.test(kind)) {
    const sign = /^[-+]/.exec(text)?.[0] ?? "";
    return sign + text.slice(sign.length).padStart(width - sign.length, "0");
  }
  return text.padStart(width);
}

function formatOne(kind: string, flags: string, precision: number | undefined, arg: string): { text: string; problem?: string; isCut?: boolean } {
  switch (kind) {
    case "s":
      return { text: precision === undefined ? arg : arg.slice(0, precision) };
    case "b":
      return escapeEcho(arg);
    case "q":
      return { text: reusable(arg) };
    case "c":
      return { text: arg.slice(0, 1) };
    case "d": case "i": case "u": case "x": case "X": case "o":
      return formatInteger(kind, flags, precision, arg);
    case "f": case "F": case "e": case "E": case "g": case "G":
      return { text: formatFloat(kind, precision ?? 6, Number(arg) || 0) };
    default:
      return { text: "", problem: `%${kind}: invalid directive` };
  }
}

function formatInteger(kind: string, flags: string, precision: number | undefined, arg: string): { text: string; problem?: string } {
  const quoted = /^["']/.test(arg) ? String(arg.codePointAt(1) ?? 0) : arg.trim();
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(quoted);
  const problem = match || quoted === "" ? undefined : `${arg}: expected numeric value`;
  const digits = match?.[2] ?? /^[-+]?(\d+)/.exec(quoted)?.[1] ?? "0";
  const magnitude = BigInt(digits.length > 40 ? 0 : /^0\d+$/.test(digits) && !/[89]/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const value = quoted.startsWith("-") ? -magnitude : magnitude;
  const base = kind === "x" || kind === "X" ? 16 : kind === "o" ? 8 : 10;
  const unsigned = kind === "d" || kind === "i" ? value : BigInt.asUintN(64, value);
  const sign = unsigned < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  let text = (unsigned < 0n ? -unsigned : unsigned).toString(base).padStart(Math.min(precision ?? 0, 1000), "0");
  if (flags.includes("#") && base !== 10) text = (base === 16 ? "0x" : "0") + text;
  if (kind === "X") text = text.toUpperCase();
  return problem === undefined ? { text: sign + text } : { text: sign + text, problem };
}

function formatFloat(kind: string, precision: number, value: number): string {
  const places = Math.min(precision, 100);
  if (kind === "f" || kind === "F") return Math.abs(value) < 1e21 ? value.toFixed(places) : String(value);
  if (kind === "e" || kind === "E") {
    const text = value.toExponential(places).replace(/e([-+])(\d)$/, "e$10$2");
    return kind === "E" ? text.toUpperCase() : text;
  }
  return String(Number(value.toPrecision(Math.max(1, places))));
}

/** A word as bash writes it so that it could be read again. */
function reusable(text: string): string {
  if (text === "") return "''";
  if (/[\n\t\r]/.test(text)) return `$'${text.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t").replaceAll("\r", "\\r")}'`;
  return text.replace(/[^A-Za-z0-9_@%+=:,./-]/g, "\\$&");
}

function setNamed(process: Process, name: string, text: string): void {
  const element = splitElement(name);
  if (element.key === undefined) setVariable(process, name, text);
  else setElement(process, element.name, keyOf(process, element.name, element.key, (inner) => wholeNumber(process, inner)), text);
}

/** `printf` */
export const printfBuiltin: Builtin = (machine, process, args) => {
  const into = process.bash && args[0] === "-v" ? args[1] : undefined;
  const words = into === undefined ? args : args.slice(2);
  const [format, ...rest] = words[0] === "--" ? words.slice(1) : words;
  if (format === undefined) {
    machine.complain(process, "printf: usage: printf format [arg ...]");
    return 2;
  }
  const { text, problem } = formatText(format, rest);
  if (problem !== undefined) machine.complain(process, `printf: ${problem}`);
  if (into !== undefined) setNamed(process, into, text);
  else if (!machine.write(process, 1, text)) return process.status;
  return problem === undefined ? 0 : 1;
};
