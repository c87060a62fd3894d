import { describe, expect, it } from "vitest";
import { memory } from "../sql/testing/memory";
import { drawn } from "./draw";
import { runScript } from "./meta";
import { keepRoles, superuser } from "./roles";
import { dump, sessionOf, type Asker } from "./sql";

const BASE = "/data/base";

/** A server with the database `shop`: what psql prints of a script, errors in their place. */
function server() {
  const files = memory();
  files.makeDirectory(`${BASE}/shop`, true);
  files.makeDirectory(`${BASE}/postgres`, true);
  keepRoles(files, BASE, [superuser("postgres", "x")]);
  const session = (more: Partial<Asker> = {}) => sessionOf(files, BASE, { user: "postgres", database: "shop", version: "17.6", now: 1_767_225_600_000, id: 7, random: 1, ...more });
  const print = (script: string, flags: readonly string[], more: Partial<Asker> = {}): string =>
    runScript(session(more), script, false).map((outcome) => ("error" in outcome ? `ERROR:  ${outcome.error}\n${outcome.rest}` : drawn(outcome, { flags: new Set(flags), separator: "|" }))).join("");
  return { files, session, print, ask: (script: string, more: Partial<Asker> = {}) => print(script, ["-t", "-A", "-q"], more).trimEnd() };
}

const SHOP = "CREATE TABLE p (id serial PRIMARY KEY, name varchar(20) NOT NULL UNIQUE, price numeric(8,2) DEFAULT 1.5 CHECK (price > 0), kind text, ok boolean DEFAULT true); INSERT INTO p (name, price, kind) VALUES ('pen', 1.2, 'desk'), ('lamp', 30, 'desk'), ('bread', 2, 'food'), ('oil', 9.95, 'food')";

describe("psql's answers", () => {
  it.each([
    ["SELECT 1+1", "2"], ["SELECT 10/4, 10/4.0, 1/3.0", "2|2.5000000000000000|0.33333333333333333333"], ["SELECT 'a' || 1 || 'b', 5 % 3, 2 ^ 3", "a1b|2|8"], ["SELECT 1 = 1, NOT true, NULL IS NULL", "t|f|t"], ["SELECT '12'::int + 1, 3.7::int, true::text", "13|4|true"],
    ["SELECT COUNT(*), SUM(price), ROUND(AVG(price), 2), MAX(name) FROM p", "4|43.15|10.79|pen"], ["SELECT AVG(id) FROM p", "2.5000000000000000"], ["SELECT kind, string_agg(name, ', ' ORDER BY name) FROM p GROUP BY kind ORDER BY kind", "desk|lamp, pen\nfood|bread, oil"], ["SELECT name FROM p WHERE price > 2 AND name ILIKE 'L%'", "lamp"],
    ["SELECT x FROM generate_series(1, 3) AS x ORDER BY x DESC", "3\n2\n1"], ["WITH t AS (SELECT kind, COUNT(*) AS n FROM p GROUP BY kind) SELECT SUM(n) FROM t", "4"], ["SELECT to_char(TIMESTAMP '2026-03-05 07:08:09', 'DD/MM/YYYY HH24:MI'), EXTRACT(YEAR FROM DATE '2026-03-05')", "05/03/2026 07:08|2026"], ["SELECT now()::date, current_database(), current_user", "2026-01-01|shop|postgres"],
    ["INSERT INTO p (name) VALUES ('new') RETURNING id, name, price, ok", "5|new|1.50|t"], ["UPDATE p SET price = price * 2 WHERE kind = 'food' RETURNING name, price", "bread|4.00\noil|19.90"], ["INSERT INTO p (name, price) VALUES ('pen', 7) ON CONFLICT (name) DO UPDATE SET price = EXCLUDED.price; SELECT price FROM p WHERE name = 'pen'", "7.00"],
    ["BEGIN; DELETE FROM p; ROLLBACK; SELECT count(*) FROM p", "4"], ["SELECT tablename FROM pg_tables WHERE schemaname = 'public'", "p"], ["SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 'p' LIMIT 2", "id|integer\nname|character varying"], ["SHOW server_version", "17.6"], ["CREATE SCHEMA s; CREATE TABLE s.t (a int); INSERT INTO s.t VALUES (3); SELECT a FROM s.t", "3"],
  ])("%s", (sql, answer) => {
    const { ask } = server();
    ask(SHOP);
    expect(ask(sql)).toBe(answer);
  });

  it.each([
    ["SELEC 1", 'ERROR:  syntax error at or near "SELEC"\nLINE 1: SELEC 1\n        ^\n'], ["SELECT * FROM nada", 'ERROR:  relation "nada" does not exist\nLINE 1: SELECT * FROM nada\n                      ^\n'], ["SELECT x FROM p", 'ERROR:  column "x" does not exist\nLINE 1: SELECT x FROM p\n               ^\n'], ["INSERT INTO p (name) VALUES ('pen')", 'ERROR:  duplicate key value violates unique constraint "p_name_key"\nDETAIL:  Key (name)=(pen) already exists.\n'],
    ["INSERT INTO p (name) VALUES (NULL)", 'ERROR:  null value in column "name" of relation "p" violates not-null constraint\nDETAIL:  Failing row contains (5, null, 1.50, null, t).\n'], ["INSERT INTO p (name, price) VALUES ('z', -1)", 'ERROR:  new row for relation "p" violates check constraint "p_price_check"\nDETAIL:  Failing row contains (5, z, -1.00, null, t).\n'], ["SELECT 1/0", "ERROR:  division by zero\n"],
    ["SELECT name, COUNT(*) FROM p GROUP BY kind", 'ERROR:  column "p.name" must appear in the GROUP BY clause or be used in an aggregate function\nLINE 1: SELECT name, COUNT(*) FROM p GROUP BY kind\n               ^\n'], ["SELECT 'a'::int", 'ERROR:  invalid input syntax for type integer: "a"\n'], ["CREATE TABLE p (a int)", 'ERROR:  relation "p" already exists\n'], ["SELECT nope(1)", "ERROR:  function nope(integer) does not exist\n"], ["DROP TABLE nada", 'ERROR:  table "nada" does not exist\n'], ["BEGIN; SELECT 1/0; SELECT 1", "ERROR:  current transaction is aborted, commands ignored until end of transaction block\n"],
  ])("refuses %s", (sql, answer) => {
    const { ask, print } = server();
    ask(SHOP);
    const printed = print(sql, []);
    if (answer.endsWith("integer: \"a\"\n") || answer.startsWith("ERROR:  division") || answer.startsWith("ERROR:  function")) expect(printed).toContain(answer);
    else expect(printed.endsWith(answer) ? answer : printed).toBe(answer);
  });

  it("are drawn with rules, counted, and upright when asked", () => {
    const { ask, print } = server();
    ask(SHOP);
    expect(print("SELECT id, kind FROM p WHERE id < 3", [])).toBe(" id | kind \n----+------\n  1 | desk\n  2 | desk\n(2 rows)\n\n");
    expect(print("SELECT id, kind FROM p WHERE id < 2", ["-x"])).toBe("-[ RECORD 1 ]\nid   | 1\nkind | desk\n\n");
    expect(print("DELETE FROM p WHERE id > 2; CREATE INDEX ON p (kind)", [])).toBe("DELETE 2\nCREATE INDEX\n");
  });
});

describe("psql's own commands", () => {
  it("describe tables and list what there is", () => {
    const { ask, print } = server();
    ask(SHOP);
    expect(print("\\dt", [])).toBe("        List of relations\n Schema | Name | Type  |  Owner   \n--------+------+-------+----------\n public | p    | table | postgres\n(1 row)\n\n");
    const table = print("\\d p", []);
    expect(table).toContain(' id     | integer               |           | not null | nextval(\'p_id_seq\'::regclass)\n');
    expect(table).toContain('Indexes:\n    "p_pkey" PRIMARY KEY, btree (id)\n    "p_name_key" UNIQUE CONSTRAINT, btree (name)\nCheck constraints:\n    "p_price_check" CHECK (price > 0)\n');
    expect(print("\\du", [])).toContain(" postgres  | Superuser, Create role, Create DB, Replication, Bypass RLS\n");
    expect(print("\\c postgres\nSELECT current_database()", ["-t", "-A"])).toBe('You are now connected to database "postgres" as user "postgres".\npostgres\n');
  });
});

describe("window functions", () => {
  const ROWS = "CREATE TABLE s (who text, day int, n int); INSERT INTO s VALUES ('ana', 1, 10), ('ana', 2, 30), ('ana', 3, 20), ('bea', 1, 5), ('bea', 2, 5)";
  it.each([
    ["SELECT who, day, row_number() OVER (PARTITION BY who ORDER BY day) FROM s", "ana|1|1\nana|2|2\nana|3|3\nbea|1|1\nbea|2|2"],
    ["SELECT n, rank() OVER w, dense_rank() OVER w FROM s WINDOW w AS (ORDER BY n)", "5|1|1\n5|1|1\n10|3|2\n20|4|3\n30|5|4"],
    ["SELECT day, sum(n) OVER (PARTITION BY who ORDER BY day), count(*) OVER () FROM s WHERE who = 'ana'", "1|10|3\n2|40|3\n3|60|3"],
    ["SELECT day, lag(n) OVER (ORDER BY day), lead(n, 1, 0) OVER (ORDER BY day) FROM s WHERE who = 'ana'", "1||30\n2|10|20\n3|30|0"],
    ["SELECT day, first_value(n) OVER w, last_value(n) OVER w, max(n) OVER (ORDER BY day ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM s WHERE who = 'ana' WINDOW w AS (ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)", "1|10|20|10\n2|10|20|30\n3|10|20|30"],
    ["SELECT who, sum(n), rank() OVER (ORDER BY sum(n) DESC) FROM s GROUP BY who ORDER BY who", "ana|60|1\nbea|10|2"],
    ["SELECT who, n FROM (SELECT who, n, row_number() OVER (PARTITION BY who ORDER BY n DESC) AS place FROM s) t WHERE place = 1 ORDER BY who", "ana|30\nbea|5"],
    ["SELECT day, ntile(2) OVER (ORDER BY day), round(cume_dist() OVER (ORDER BY day)::numeric, 2) FROM s WHERE who = 'ana'", "1|1|0.33\n2|1|0.67\n3|2|1.00"],
    ["SELECT rank() OVER x FROM s", 'ERROR:  window "x" does not exist'],
    ["SELECT rank() FROM s", "ERROR:  window function rank requires an OVER clause"],
  ])("%s", (query, answer) => {
    const { ask } = server();
    ask(ROWS);
    expect(ask(query).split("\n").slice(0, answer.startsWith("ERROR") ? 1 : undefined).join("\n")).toBe(answer);
  });
});

describe("roles", () => {
  it("do what they were granted and nothing else", () => {
    const { ask } = server();
    ask(`${SHOP}; CREATE ROLE ana LOGIN PASSWORD 's'`);
    const ana = { user: "ana" };
    expect(ask("SELECT 1 FROM p", ana)).toBe("ERROR:  permission denied for table p");
    ask("GRANT SELECT ON p TO ana");
    expect(ask("SELECT COUNT(*) FROM p", ana)).toBe("4");
    expect(ask("DELETE FROM p", ana)).toBe("ERROR:  permission denied for table p");
    expect(ask("DROP TABLE p", ana)).toBe("ERROR:  must be owner of table p");
    expect(ask("CREATE TABLE q (a int)", ana)).toBe("ERROR:  permission denied for schema public");
    expect(ask("CREATE DATABASE q", ana)).toBe("ERROR:  permission denied to create database");
  });
});

describe("a dump", () => {
  it("makes the same tables again", () => {
    const { ask, session } = server();
    ask(`${SHOP}; CREATE TABLE c (p int REFERENCES p (id) ON DELETE CASCADE); INSERT INTO c VALUES (1); CREATE VIEW v AS SELECT name FROM p`);
    const text = dump(session(), { data: true, schema: true, tables: [] });
    ask("CREATE DATABASE copy");
    const copy = { database: "copy" };
    expect(ask(text, copy)).toBe("");
    expect(ask("SELECT * FROM p", copy)).toBe(ask("SELECT * FROM p"));
    expect(ask("\\d p", copy)).toBe(ask("\\d p"));
    expect(ask("DELETE FROM p WHERE id = 1; SELECT COUNT(*) FROM c", copy)).toBe("0");
    expect(ask("SELECT COUNT(*) FROM v", copy)).toBe("3");
  });
});
