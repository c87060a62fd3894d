import { sha256, type FileSystem } from "@/lib/engine";
import { refuse } from "../sql/refusal";
import type { Outcome } from "../sql/execute";
import type { Session } from "../sql/session";
import type { Account, Statement } from "../sql/tree";
import { utf8 } from "../sql/text-functions";

/** Where who may do what is kept. */
export const GRANTS = "/var/lib/mysql/mysql/global_priv.json";

/** Powers over a place: `*.*`, `shop.*` or `shop.orders`. */
export interface Grant {
  readonly on: string;
  readonly powers: readonly string[];
  readonly option?: true;
}

export interface User extends Account {
  readonly password: string;
  readonly grants: readonly Grant[];
  readonly role?: true;
}

/** Everybody a server knows. Older files hold a name and a password each, and mean everything. */
export function usersOf(files: FileSystem): readonly User[] {
  const found = JSON.parse(files.read(GRANTS) ?? "[]") as readonly User[] | Readonly<Record<string, string>>;
  if (Array.isArray(found)) return found as readonly User[];
  return Object.entries(found as Readonly<Record<string, string>>).map(([user, password]) => ({ user, host: "%", password, grants: [{ on: "*.*", powers: ["ALL PRIVILEGES"], ...(user === "root" ? { option: true as const } : {}) }] }));
}

/** Writes who there is. */
export function keepUsers(files: FileSystem, users: readonly User[]): void {
  if (files.write(GRANTS, JSON.stringify(users)) !== undefined) throw refuse("full", GRANTS);
  files.sync?.();
}

const fits = (pattern: string, host: string): boolean => pattern === "%" || pattern === host || (pattern === "localhost" && host === "127.0.0.1") || (pattern.includes("%") && new RegExp(`^${pattern.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("%", ".*")}$`).test(host));

/** Who somebody is who comes from there: the closest host first. */
export function userFrom(files: FileSystem, name: string, host: string): User | undefined {
  const found = usersOf(files).filter((user) => user.user === name && !user.role && fits(user.host, host));
  return [...found].sort((a, b) => Number(a.host.includes("%")) - Number(b.host.includes("%")))[0];
}

/** Is this the password? One given as a hash is only itself. */
export function isPassword(user: User, given: string): boolean {
  return user.password === given || (user.password.startsWith("\0*") && user.password === `\0${hashOf(given)}`);
}

/** @simplified The hash is of the right form and tells passwords apart, but it is no double SHA-1: other servers do not know it. */
export function hashOf(password: string): string {
  if (password === "") return "";
  return password.startsWith("\0") ? password.slice(1) : `*${[...sha256(utf8(password))].slice(0, 20).map((byte) => byte.toString(16).padStart(2, "0")).join("").toUpperCase()}`;
}

const quoted = ({ user, host }: Account): string => `'${user}'@'${host}'`;

/** The grants of a user and of the roles it has. */
function grantsOf(user: User, all: readonly User[]): readonly Grant[] {
  const roles = user.grants.filter(({ on }) => on === "role").flatMap(({ powers }) => powers);
  return [...user.grants, ...all.filter((one) => one.role && roles.includes(one.user)).flatMap((one) => one.grants)];
}

const holdsPower = (grant: Grant, power: string): boolean => grant.powers.includes("ALL PRIVILEGES") || grant.powers.includes(power);

function covers(grant: Grant, schema: string, name: string): boolean {
  const [database = "", table = ""] = grant.on.split(/\.(.*)/s);
  const pattern = database.replaceAll("\\_", "_");
  const inDatabase = pattern === "*" || pattern.toLowerCase() === schema.toLowerCase() || (pattern.endsWith("%") && schema.startsWith(pattern.slice(0, -1)));
  return inDatabase && (table === "*" || table === name);
}

const FREE = new Set(["information_schema", "performance_schema"]);

/** May the session's user do that? Throws MariaDB's refusals. */
export function allowed(session: Session, power: string, schema: string, name: string): void {
  const all = usersOf(session.files);
  const user = userFrom(session.files, session.user, session.host);
  if (FREE.has(schema.toLowerCase())) return;
  const grants = user ? grantsOf(user, all) : [];
  if (power === "USE") {
    if (!grants.some((grant) => grant.on !== "role" && (covers(grant, schema, "*") || grant.on.startsWith(`${schema}.`)) && grant.powers.some((one) => one !== "USAGE"))) throw refuse("denied-database", schema);
    return;
  }
  if (grants.some((grant) => holdsPower(grant, power) && covers(grant, schema, name))) return;
  throw name === "*" ? refuse("denied-database", schema) : refuse("denied-table", [power, schema, name]);
}

/** May the session's user see that database at all? */
export function sees(session: Session, schema: string): boolean {
  try {
    allowed(session, "USE", schema, "*");
    return true;
  } catch {
    return false;
  }
}

function mayManage(session: Session): void {
  const user = userFrom(session.files, session.user, session.host);
  if (!user?.grants.some((grant) => grant.on === "*.*" && holdsPower(grant, "CREATE USER"))) throw refuse("denied-power", "CREATE USER");
}

const done = (tag: string): Outcome => ({ kind: "done", tag, rows: 0 });

/** CREATE, ALTER, DROP USER; SET PASSWORD; GRANT and REVOKE. Undefined for anything else. */
export function aboutUsers(statement: Statement, session: Session): Outcome | undefined {
  const { files } = session;
  const me: Account = userFrom(files, session.user, session.host) ?? { user: session.user, host: session.host };
  const who = (account: Account): Account => (account.user === "" && account.host === "" ? me : account);
  const same = (a: Account, b: Account): boolean => a.user === b.user && a.host === b.host;
  if (statement.do === "password") {
    const target = who(statement.user ?? me);
    if (!same(target, me)) mayManage(session);
    const users = usersOf(files);
    if (!users.some((user) => same(user, target))) throw refuse("no-grant");
    keepUsers(files, users.map((user) => (same(user, target) ? { ...user, password: statement.password } : user)));
    return done("SET PASSWORD");
  }
  if (statement.do === "user") {
    if (statement.action !== "alter" || !statement.users.every((user) => same(who(user), me))) mayManage(session);
    return changedUsers(statement, session, who);
  }
  if (statement.do !== "grant" && statement.do !== "revoke") return undefined;
  return granted(statement, session, who);
}

function changedUsers(statement: Extract<Statement, { readonly do: "user" }>, session: Session, who: (account: Account) => Account): Outcome {
  let users = usersOf(session.files);
  const kind = statement.role ? "ROLE" : "USER";
  const name = (account: Account): string => (statement.role ? `'${account.user}'` : quoted(account));
  for (const sketch of statement.users) {
    const target = { ...who(sketch), ...(statement.role ? { host: "" } : {}) };
    const at = users.findIndex((user) => user.user === target.user && user.host === target.host);
    if (statement.action === "create") {
      if (at >= 0 && statement.unless) continue;
      if (at >= 0) throw refuse("no-user", [`CREATE ${kind}`, name(target)]);
      users = [...users, { user: target.user, host: target.host, password: sketch.password ?? "", grants: [{ on: "*.*", powers: ["USAGE"] }], ...(statement.role ? { role: true as const } : {}) }];
    } else if (at < 0) {
      if (!statement.unless) throw refuse("no-user", [`${statement.action.toUpperCase()} ${kind}`, name(target)]);
    } else if (statement.action === "drop") users = users.filter((_, i) => i !== at);
    else users = users.map((user, i) => (i === at && sketch.password !== undefined ? { ...user, password: sketch.password } : user));
  }
  keepUsers(session.files, users);
  return done(`${statement.action.toUpperCase()} ${kind}`);
}

function granted(statement: Extract<Statement, { readonly do: "grant" | "revoke" }>, session: Session, who: (account: Account) => Account): Outcome {
  let users = usersOf(session.files);
  const place = statement.on ? (statement.on.schema === "" ? `${session.database}.${statement.on.name}` : `${statement.on.schema}.${statement.on.name}`) : "role";
  if (place.startsWith(".")) throw refuse("no-database-selected");
  const powers = statement.powers.map((power) => (statement.on ? power.toUpperCase().replace(/^ALL$/, "ALL PRIVILEGES") : power));
  const mine = userFrom(session.files, session.user, session.host);
  const mayGrant = mine?.grants.some((grant) => grant.option && (grant.on === "*.*" || grant.on === place)) === true;
  if (!mayGrant) throw statement.on && !place.endsWith(".*") ? refuse("denied-table", ["GRANT", statement.on.schema || session.database, statement.on.name]) : statement.on && place !== "*.*" ? refuse("denied-database", statement.on.schema) : refuse("denied-power", "GRANT OPTION");
  for (const sketch of statement.to) {
    const target = who(sketch);
    const at = users.findIndex((user) => user.user === target.user && (user.host === target.host || (user.role && target.host === "%")));
    const user = users[at];
    if (!user) throw refuse("no-grant");
    const old = user.grants.find(({ on }) => on === place);
    const option = statement.option || powers.includes("GRANT OPTION") || old?.option === true;
    const asked = powers.filter((power) => power !== "GRANT OPTION");
    if (statement.do === "revoke" && !old && !asked.includes("ALL PRIVILEGES")) throw refuse("no-grant", [target.user, target.host]);
    const kept = statement.do === "grant" ? (asked.includes("ALL PRIVILEGES") || old?.powers.includes("ALL PRIVILEGES") ? ["ALL PRIVILEGES"] : [...new Set([...(old?.powers ?? []).filter((power) => power !== "USAGE"), ...asked])]) : asked.includes("ALL PRIVILEGES") ? [] : (old?.powers ?? []).flatMap((power) => (power === "ALL PRIVILEGES" && place !== "role" ? EVERY : [power])).filter((power) => !asked.includes(power));
    const others = user.grants.filter(({ on }) => on !== place);
    const next: readonly Grant[] = kept.length > 0 ? [...others, { on: place, powers: kept, ...(option && statement.do === "grant" ? { option: true as const } : {}) }] : place === "*.*" ? [{ on: "*.*", powers: ["USAGE"] }, ...others] : others;
    users = users.map((one, i) => (i === at ? { ...one, grants: next, ...(sketch.password === undefined ? {} : { password: sketch.password }) } : one));
  }
  keepUsers(session.files, users);
  return done(statement.do.toUpperCase());
}

/** What ALL PRIVILEGES on a database is made of. */
const EVERY = ["SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "REFERENCES", "INDEX", "ALTER", "CREATE TEMPORARY TABLES", "LOCK TABLES", "EXECUTE", "CREATE VIEW", "SHOW VIEW", "CREATE ROUTINE", "ALTER ROUTINE", "EVENT", "TRIGGER"];

/** The lines of SHOW GRANTS. */
export function grantLines(user: User): readonly string[] {
  const whole = user.grants.find(({ on }) => on === "*.*") ?? { on: "*.*", powers: ["USAGE"] };
  const name = user.role ? `\`${user.user}\`` : `\`${user.user}\`@\`${user.host}\``;
  const password = user.password === "" || user.role ? "" : ` IDENTIFIED BY PASSWORD '${hashOf(user.password)}'`;
  const line = (grant: Grant, more = ""): string => `GRANT ${grant.powers.join(", ")} ON ${grant.on.split(/\.(.*)/s).slice(0, 2).map((part) => (part === "*" ? part : `\`${part}\``)).join(".")} TO ${name}${more}${grant.option ? " WITH GRANT OPTION" : ""}`;
  const rest = user.grants.filter(({ on }) => on !== "*.*");
  return [...rest.filter(({ on }) => on === "role").flatMap(({ powers }) => powers.map((role) => `GRANT \`${role}\` TO ${name}`)), line(whole, password), ...rest.filter(({ on }) => on !== "role").map((grant) => line(grant))];
}
