import { arithmetic, raised, spoken } from "./arithmetic";
import { later, dayName, momentOf, momentText, monthLength, monthName, partsOf, patternFormat, percentFormat, type Moment } from "./calendar";
import { refuse } from "./refusal";
import { randomOf, type Session } from "./session";
import { settingOf } from "./settings";
import { onlyIn, plainFunctions } from "./text-functions";
import { compare, float, int, isExact, numberOf, rescaled, type Value } from "./value";

type Present = Exclude<Value, null>;
type Known = (args: readonly Value[], session: Session, at: number) => Value;

const nowText = (session: Session): string => momentText({ seconds: session.now, timed: true });
const zoned = (session: Session): string => (session.dialect === "postgres" ? `${nowText(session)}+00` : nowText(session));
const today = (session: Session): string => nowText(session).slice(0, 10);
const num = (value: Value | undefined): number => {
  const found = value === null || value === undefined ? 0 : numberOf(value);
  return typeof found === "object" ? float(found) : found;
};
const moment = (value: Value | undefined): Moment | undefined => (typeof value === "string" ? momentOf(value) : undefined);

/** A part of a moment, `null` when there is no moment. */
function field(name: string): Known {
  return ([value], session) => {
    const found = moment(value) ?? (/^\d\d?:\d\d/.test(String(value)) ? momentOf(`1970-01-01 ${String(value)}`) : undefined);
    return found ? extracted(name, found, session) : null;
  };
}

function extracted(name: string, found: Moment, session: Session): Value {
  const parts = partsOf(found.seconds);
  switch (name) {
    case "year": return int(parts.year);
    case "month": return int(parts.month);
    case "day": return int(parts.day);
    case "hour": return int(parts.hour);
    case "minute": return int(parts.minute);
    case "second": return session.dialect === "postgres" ? { n: BigInt(parts.second) * BigInt(1_000_000), s: 6 } : int(parts.second);
    case "dow": return int(parts.weekday);
    case "isodow": return int(parts.weekday === 0 ? 7 : parts.weekday);
    case "dayofweek": return int(parts.weekday + 1);
    case "weekday": return int((parts.weekday + 6) % 7);
    case "doy": return int(parts.yearday);
    case "quarter": return int(Math.ceil(parts.month / 3));
    case "week": return int(Math.floor((parts.yearday - 1 + ((parts.weekday - parts.yearday + 1 + 371) % 7)) / 7) + (session.dialect === "postgres" ? 1 : 0));
    case "epoch": return { n: BigInt(found.seconds) * BigInt(1_000_000), s: 6 };
    default: return null;
  }
}

function uuid(session: Session): string {
  const digits = Array.from({ length: 32 }, () => randomOf(session, 16).toString(16)).join("");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${session.dialect === "postgres" ? "4" : "1"}${digits.slice(13, 16)}-${"89ab"[randomOf(session, 4)] ?? "8"}${digits.slice(17, 20)}-${digits.slice(20)}`;
}

function sleep([seconds]: readonly Value[], session: Session): Value {
  session.slept = Math.min(60_000, session.slept + Math.max(0, Math.round(num(seconds) * 1000)));
  return session.dialect === "postgres" ? "" : int(0);
}

function numberFormat(value: Present, format: string): string {
  const places = (/[.D]([09]*)/.exec(format)?.[1] ?? "").length;
  const found = numberOf(value);
  const fixed = rescaled(typeof found === "object" ? found : { n: BigInt(Math.round(found * 1e6)), s: 6 }, places);
  const digits = (fixed.n < BigInt(0) ? -fixed.n : fixed.n).toString().padStart(places + 1, "0");
  const whole = places === 0 ? digits : digits.slice(0, -places);
  const zeros = (/^(?:FM)?[9,G]*(0[09,G]*)/.exec(format)?.[1] ?? "").replace(/[,G]/g, "").length;
  const grouped = /[,G]/.test(format) ? whole.padStart(zeros, "0").replace(/\B(?=(\d{3})+$)/g, ",") : whole.padStart(zeros, "0");
  const text = `${fixed.n < BigInt(0) ? "-" : ""}${grouped}${places === 0 ? "" : `.${digits.slice(-places)}`}`;
  return format.startsWith("FM") ? text : text.padStart(format.length + 1);
}

const shared: Readonly<Record<string, Known>> = {
  NOW: (_, s) => zoned(s),
  CURRENT_TIMESTAMP: (_, s) => zoned(s),
  LOCALTIMESTAMP: (_, s) => nowText(s),
  CURRENT_DATE: (_, s) => today(s),
  CURRENT_TIME: (_, s) => nowText(s).slice(11),
  CURRENT_USER: (_, s) => (s.dialect === "postgres" ? s.user : String(s.variables.get("account") ?? `${s.user}@%`)),
  SESSION_USER: (_, s) => (s.dialect === "postgres" ? s.user : `${s.user}@${s.host}`),
  USER: (_, s) => (s.dialect === "postgres" ? s.user : `${s.user}@${s.host}`),
  EXTRACT: ([name, value], s) => {
    const found = moment(value);
    return found && typeof name === "string" ? extracted(name, found, s) : null;
  },
  POWER: ([a, b]) => (a == null || b == null ? null : raised(num(a), int(Math.round(num(b))))),
  MOD: ([a = null, b = null], s, at) => arithmetic("%", a, b, s.dialect, at),
  VERSION: (_, s) => (s.dialect === "postgres" ? `PostgreSQL ${s.version} on x86_64-pc-linux-gnu, compiled by gcc (Debian 14.2.0-19) 14.2.0, 64-bit` : s.version),
  CONCAT_WS: ([separator, ...rest], s) => (separator == null ? null : rest.filter((one) => one !== null).map((one) => spoken(one, s.dialect)).join(spoken(separator, s.dialect))),
};

const mariadb: Readonly<Record<string, Known>> = {
  SYSDATE: (_, s) => nowText(s), LOCALTIME: (_, s) => nowText(s), UTC_TIMESTAMP: (_, s) => nowText(s), CURDATE: (_, s) => today(s), CURTIME: (_, s) => nowText(s).slice(11),
  YEAR: field("year"), MONTH: field("month"), DAY: field("day"), DAYOFMONTH: field("day"), HOUR: field("hour"), MINUTE: field("minute"), SECOND: field("second"), QUARTER: field("quarter"), WEEK: field("week"), DAYOFWEEK: field("dayofweek"), WEEKDAY: field("weekday"), DAYOFYEAR: field("doy"),
  DATE: ([v]) => (moment(v) ? String(v).slice(0, 10) : null),
  TIME: ([v]) => (typeof v === "string" ? (v.length > 10 ? v.slice(11) : v) : null),
  MONTHNAME: ([v]) => (moment(v) ? monthName(partsOf(moment(v)?.seconds ?? 0).month) : null),
  DAYNAME: ([v]) => (moment(v) ? dayName(partsOf(moment(v)?.seconds ?? 0).weekday) : null),
  LAST_DAY: ([v]) => {
    const found = moment(v);
    if (!found) return null;
    const { year, month } = partsOf(found.seconds);
    return `${String(v).slice(0, 8)}${String(monthLength(year, month)).padStart(2, "0")}`;
  },
  DATE_FORMAT: ([v, format]) => (moment(v) && typeof format === "string" ? percentFormat(partsOf(moment(v)?.seconds ?? 0), format) : null),
  UNIX_TIMESTAMP: ([v], s) => (v === undefined ? int(s.now) : moment(v) ? int(moment(v)?.seconds ?? 0) : null),
  FROM_UNIXTIME: ([v]) => (v == null ? null : momentText({ seconds: Math.trunc(num(v)), timed: true })),
  DATEDIFF: ([a, b]) => (moment(a) && moment(b) ? int(Math.floor((moment(a)?.seconds ?? 0) / 86_400) - Math.floor((moment(b)?.seconds ?? 0) / 86_400)) : null),
  ADDDATE: ([v, days]) => (moment(v) ? momentText(later(moment(v) as Moment, num(days), "day") as Moment) : null),
  SUBDATE: ([v, days]) => (moment(v) ? momentText(later(moment(v) as Moment, -num(days), "day") as Moment) : null),
  UUID: (_, s) => uuid(s),
  RAND: (_, s) => randomOf(s, 1_000_000_000) / 1_000_000_000,
  POW: ([a, b]) => (a == null || b == null ? null : raised(num(a), int(Math.round(num(b))))),
  DATABASE: (_, s) => (s.database === "" ? null : s.database), SCHEMA: (_, s) => (s.database === "" ? null : s.database),
  SYSTEM_USER: (_, s) => `${s.user}@${s.host}`,
  CURRENT_ROLE: () => null,
  CONNECTION_ID: (_, s) => int(s.id),
  LAST_INSERT_ID: (_, s) => int(s.lastId), ROW_COUNT: (_, s) => int(s.affected), FOUND_ROWS: (_, s) => int(Math.max(0, s.affected)),
  SLEEP: sleep, BENCHMARK: () => int(0), GET_LOCK: () => int(1), RELEASE_LOCK: () => int(1),
  ISNULL: ([a]) => int(a === null ? 1 : 0),
  FIELD: ([a, ...rest], s) => int(a == null ? 0 : rest.findIndex((one) => one !== null && compare(a, one, s.dialect) === 0) + 1),
  FIND_IN_SET: ([a, list], s) => (a == null || list == null ? null : int(spoken(list, s.dialect).split(",").indexOf(spoken(a, s.dialect)) + 1)),
};

const postgres: Readonly<Record<string, Known>> = {
  CLOCK_TIMESTAMP: (_, s) => zoned(s), TRANSACTION_TIMESTAMP: (_, s) => zoned(s), STATEMENT_TIMESTAMP: (_, s) => zoned(s),
  CURRENT_SCHEMA: () => "public", CURRENT_DATABASE: (_, s) => s.database, CURRENT_CATALOG: (_, s) => s.database, CURRENT_ROLE: (_, s) => s.user,
  PG_SLEEP: sleep, PG_IS_IN_RECOVERY: () => false, PG_BACKEND_PID: (_, s) => int(s.id), PG_RELOAD_CONF: () => true, PG_POSTMASTER_START_TIME: (_, s) => zoned(s),
  GEN_RANDOM_UUID: (_, s) => uuid(s), UUID_GENERATE_V4: (_, s) => uuid(s),
  RANDOM: (_, s) => randomOf(s, 1_000_000_000) / 1_000_000_000,
  DATE_PART: ([name, value], s) => {
    const part = moment(value);
    const found = part && typeof name === "string" ? extracted(name, part, s) : null;
    return isExact(found) ? float(found) : found;
  },
  DATE_TRUNC: ([name, value]) => {
    const found = moment(value);
    const length = { year: 4, month: 7, day: 10, hour: 13, minute: 16, second: 19 }[String(name)] ?? 10;
    return found ? momentText({ seconds: found.seconds, timed: true }).slice(0, length) + "0000-01-01 00:00:00".slice(length) : null;
  },
  DATE: ([v]) => (moment(v) ? String(v).slice(0, 10) : null),
  TO_CHAR: ([v, format]) => (v == null || typeof format !== "string" ? null : moment(v) ? patternFormat(partsOf(moment(v)?.seconds ?? 0), format) : numberFormat(v, format)),
  TO_DATE: ([v]) => (moment(v) ? String(v).slice(0, 10) : null),
  TO_TIMESTAMP: ([v]) => (typeof v === "string" ? v : v == null ? null : `${momentText({ seconds: Math.trunc(num(v)), timed: true })}+00`),
  AGE: ([a, b], s, at) => arithmetic("-", a ?? null, b ?? `${today(s)} 00:00:00`, s.dialect, at),
  CURRENT_SETTING: ([name], s) => settingOf(s, String(name)) ?? null,
  PG_SIZE_PRETTY: ([v]) => (v == null ? null : num(v) < 10_240 ? `${num(v)} bytes` : num(v) < 10_485_760 ? `${Math.round(num(v) / 1024)} kB` : `${Math.round(num(v) / 1_048_576)} MB`),
  PG_DATABASE_SIZE: () => int(7_700_000), PG_TABLE_SIZE: () => int(16_384), PG_TOTAL_RELATION_SIZE: () => int(16_384), PG_RELATION_SIZE: () => int(8192),
  HAS_TABLE_PRIVILEGE: () => true,
  REGEXP_REPLACE: ([a, b, c, flags], s) => (a == null || b == null || c == null ? null : spoken(a, s.dialect).replace(pattern(spoken(b, s.dialect), String(flags ?? "")), spoken(c, s.dialect).replace(/\\(\d)/g, "$$$1"))),
};

/** A regular expression of the author's; refused when it is none. */
export function pattern(source: string, flags: string): RegExp {
  if (source.length > 200 || /\([^)]*[+*][^)]*\)[+*{]/.test(source)) throw refuse("no-function", "regexp");
  try {
    return new RegExp(source, flags.replace(/[^gi]/g, "") + "u");
  } catch {
    throw refuse("no-function", "regexp");
  }
}

/** Those that are asked although an argument is NULL. */
const lazy: Readonly<Record<string, (args: readonly (() => Value)[], session: Session) => Value>> = {
  COALESCE: (args) => first(args),
  IFNULL: (args) => first(args),
  NVL: (args) => first(args),
  NULLIF: ([a, b], s) => {
    const [left, right] = [a?.() ?? null, b?.() ?? null];
    return left !== null && right !== null && compare(left, right, s.dialect) === 0 ? null : left;
  },
  IF: ([test, yes, no]) => {
    const value = test?.() ?? null;
    return (value !== null && (typeof value === "boolean" ? value : num(value) !== 0) ? yes?.() : no?.()) ?? null;
  },
};

function first(args: readonly (() => Value)[]): Value {
  for (const arg of args) {
    const value = arg();
    if (value !== null) return value;
  }
  return null;
}

const ONLY_MARIADB = new Set(["IF", "IFNULL", "NVL"]);

/** Calls a function by name; refuses one this server does not have. */
export function callFunction(session: Session, name: string, args: readonly (() => Value)[], at: number): Value {
  const { dialect } = session;
  const own = dialect === "mariadb" ? mariadb : postgres;
  const late = Object.hasOwn(lazy, name) && (dialect === "mariadb" || !ONLY_MARIADB.has(name)) ? lazy[name] : undefined;
  if (late) return late(args, session);
  const known = Object.hasOwn(own, name) ? own[name] : Object.hasOwn(shared, name) ? shared[name] : undefined;
  if (known) return known(args.map((arg) => arg()), session, at);
  const plain = Object.hasOwn(plainFunctions, name) && !onlyIn[dialect === "mariadb" ? "postgres" : "mariadb"].has(name) ? plainFunctions[name] : undefined;
  const values = args.map((arg) => arg());
  if (!plain) throw refuse("no-function", [name.toLowerCase(), values.map((value) => kindOf(value)).join(", ")], at);
  const skipsNull = (name === "CONCAT" || name === "GREATEST" || name === "LEAST") && dialect === "postgres";
  const present = values.filter((value): value is Present => value !== null);
  if (present.length < values.length && !skipsNull) return null;
  return plain(present, dialect);
}

/** What PostgreSQL calls the type of a value. */
export function kindOf(value: Value): string {
  if (value === null || typeof value === "string") return "unknown";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "number" ? "double precision" : value.s === 0 ? "integer" : "numeric";
}
