import type { FileSystem } from "@/lib/engine";
import type { Outcome } from "../sql/execute";
import { refuse } from "../sql/refusal";
import type { Session } from "../sql/session";
import { databasesOf, find, relationsIn, schemasOf, table } from "../sql/storage";
import type { Statement } from "../sql/tree";

/** A role: who may log in with which password, and what it was granted by name (`shop.public.orders`). */
export interface Role {
  readonly name: string;
  readonly password: string;
  readonly login: boolean;
  readonly superuser: boolean;
  readonly createDb: boolean;
  readonly createRole: boolean;
  readonly grants: Readonly<Record<string, readonly string[]>>;
  readonly member: readonly string[];
}

const file = (root: string): string => `${root.replace(/\/base$/, "")}/users.json`;

/** Everybody a data folder knows. Older files hold names and passwords, and mean superusers. */
export function rolesOf(files: FileSystem, root: string): readonly Role[] {
  const found = JSON.parse(files.read(file(root)) ?? "[]") as readonly Role[] | Readonly<Record<string, string>>;
  return Array.isArray(found) ? (found as readonly Role[]) : Object.entries(found as Readonly<Record<string, string>>).map(([name, password]) => superuser(name, password));
}

/** The role initdb makes. */
export function superuser(name: string, password: string): Role {
  return { name, password, login: true, superuser: true, createDb: true, createRole: true, grants: {}, member: [] };
}

/** Writes who there is. */
export function keepRoles(files: FileSystem, root: string, roles: readonly Role[]): void {
  if (files.write(file(root), JSON.stringify(roles)) !== undefined) throw refuse("full", file(root));
  files.sync?.();
}

const POWER: Readonly<Record<string, string>> = { SELECT: "SELECT", INSERT: "INSERT", UPDATE: "UPDATE", DELETE: "DELETE", TRUNCATE: "TRUNCATE" };

/** A role with all it belongs to. */
function withGroups(roles: readonly Role[], name: string, seen: readonly string[] = []): readonly Role[] {
  const role = roles.find((one) => one.name === name);
  return role && !seen.includes(name) ? [role, ...role.member.flatMap((group) => withGroups(roles, group, [...seen, name]))] : [];
}

/** May the session's role do that? Throws PostgreSQL's refusals. */
export function allowed(session: Session, power: string, schema: string, name: string): void {
  const mine = withGroups(rolesOf(session.files, session.root), session.user);
  if (mine[0]?.superuser) return;
  const groups = [...mine.map((role) => role.grants), ...rolesOf(session.files, session.root).filter((role) => role.name === "public").map((role) => role.grants)];
  const has = (place: string, wanted: string): boolean => groups.some((grants) => Object.hasOwn(grants, place) && (grants[place]?.includes("ALL") || grants[place]?.includes(wanted)) === true);
  if (name === "*") {
    if (power === "CREATE-SCHEMA") {
      if (!has(`${session.database}`, "CREATE")) throw refuse("denied-power", ["database", session.database]);
      return;
    }
    if (mine[0]?.createDb !== true) throw refuse("denied-database", schema);
    return;
  }
  const relation = find(session, { schema, name, at: 0 })?.relation;
  if (relation && "owner" in relation && mine.some((role) => role.name === relation.owner)) return;
  if (power === "CREATE" || power === "CREATE VIEW") {
    if (!has(`${session.database}.${schema}`, "CREATE") && !(schema === "public" && Number(session.version.split(".")[0]) < 15)) throw refuse("denied-power", ["schema", schema]);
    return;
  }
  const wanted = POWER[power];
  if (wanted === undefined) throw refuse("owner", ["table", name]);
  if (!has(`${session.database}.${schema}.${name}`, wanted)) throw refuse("denied-table", ["", schema, name]);
}

const done = (tag: string): Outcome => ({ kind: "done", tag, rows: 0 });

/** CREATE, ALTER and DROP ROLE, GRANT and REVOKE; undefined for anything else. */
export function aboutRoles(statement: Statement, session: Session): Outcome | undefined {
  if (statement.do === "user") return changedRoles(statement, session);
  return statement.do === "grant" || statement.do === "revoke" ? granted(statement, session) : undefined;
}

function changedRoles(statement: Extract<Statement, { readonly do: "user" }>, session: Session): Outcome {
  let roles = rolesOf(session.files, session.root);
  const me = roles.find((role) => role.name === session.user);
  const { action, options } = statement;
  if (!me?.superuser && !me?.createRole && !(action === "alter" && statement.users[0]?.user === session.user)) throw refuse("denied-power", action);
  const flag = (role: Role, word: string, no: string, old: boolean): boolean => (options.includes(word) ? true : options.includes(no) ? false : old);
  for (const sketch of statement.users) {
    const name = sketch.user === "" ? session.user : sketch.user;
    const old = roles.find((role) => role.name === name);
    if (action === "create" && old) throw refuse("user-exists", name);
    if (action !== "create" && !old) {
      if (statement.unless) continue;
      throw refuse("no-user", name, undefined);
    }
    const base: Role = old ?? { name, password: "", login: !statement.role, superuser: false, createDb: false, createRole: false, grants: {}, member: [] };
    const made: Role = { ...base, ...(sketch.password === undefined ? {} : { password: sketch.password }), login: flag(base, "LOGIN", "NOLOGIN", base.login), superuser: flag(base, "SUPERUSER", "NOSUPERUSER", base.superuser), createDb: flag(base, "CREATEDB", "NOCREATEDB", base.createDb), createRole: flag(base, "CREATEROLE", "NOCREATEROLE", base.createRole) };
    roles = action === "drop" ? roles.filter((role) => role.name !== name) : old ? roles.map((role) => (role === old ? made : role)) : [...roles, made];
  }
  keepRoles(session.files, session.root, roles);
  return done(`${action.toUpperCase()} ROLE`);
}

/** The names a GRANT is about. */
function placesOf(statement: Extract<Statement, { readonly do: "grant" | "revoke" }>, session: Session): readonly string[] {
  const { on, kind } = statement;
  if (!on) return [];
  if (kind === "DATABASE") {
    if (!databasesOf(session).includes(on.schema)) throw refuse("no-database", on.schema);
    return [on.schema];
  }
  if (kind === "SCHEMA" || kind.startsWith("ALL ")) {
    if (!schemasOf(session).includes(on.schema)) throw refuse("no-schema", on.schema);
    if (kind === "SCHEMA") return [`${session.database}.${on.schema}`];
    return kind === "ALL TABLES IN SCHEMA" ? relationsIn(session, on.schema).map(({ name }) => `${session.database}.${on.schema}.${name}`) : [];
  }
  if (kind !== "TABLE") return [];
  const found = table(session, { name: on.name, at: on.at, ...(on.schema === "" ? {} : { schema: on.schema }) });
  const owner = found.relation.owner;
  const me = withGroups(rolesOf(session.files, session.root), session.user);
  if (!me[0]?.superuser && !me.some((role) => role.name === owner)) throw refuse("denied-table", ["", "", found.name]);
  return [`${session.database}.${found.schema}.${found.name}`];
}

function granted(statement: Extract<Statement, { readonly do: "grant" | "revoke" }>, session: Session): Outcome {
  let roles = rolesOf(session.files, session.root);
  const places = placesOf(statement, session);
  const powers = statement.powers.map((power) => power.toUpperCase().replace(/^ALL PRIVILEGES$/, "ALL"));
  for (const { user } of statement.to) {
    const name = user === "" ? session.user : user;
    if (name === "public" && !roles.some((role) => role.name === "public")) roles = [...roles, { ...superuser("public", ""), login: false, superuser: false, createDb: false, createRole: false }];
    if (!roles.some((role) => role.name === name)) throw refuse("no-user", name);
    roles = roles.map((role) => {
      if (role.name !== name) return role;
      if (!statement.on) return { ...role, member: statement.do === "grant" ? [...new Set([...role.member, ...statement.powers.map((power) => power.toLowerCase())])] : role.member.filter((group) => !statement.powers.map((power) => power.toLowerCase()).includes(group)) };
      const grants = { ...role.grants };
      for (const place of places) {
        const old = grants[place] ?? [];
        const all = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"];
        grants[place] = statement.do === "grant" ? [...new Set([...old, ...powers])] : powers.includes("ALL") ? [] : old.flatMap((power) => (power === "ALL" ? all : [power])).filter((power) => !powers.includes(power));
      }
      return { ...role, grants };
    });
  }
  keepRoles(session.files, session.root, roles);
  return done(statement.do === "grant" ? (statement.on ? "GRANT" : "GRANT ROLE") : statement.on ? "REVOKE" : "REVOKE ROLE");
}
