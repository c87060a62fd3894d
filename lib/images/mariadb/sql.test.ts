import { describe, expect, it } from "vitest";
import { memory } from "../sql/testing/memory";
import { dumpOf } from "./dump";
import { printed } from "./print";
import { nobody, runScript, runSql, sessionOf, type Asker } from "./sql";
import { keepUsers } from "./users";

const ROOT = [{ user: "root", host: "localhost", password: "x", grants: [{ on: "*.*", powers: ["ALL PRIVILEGES"], option: true as const }] }];

/** A server with the database `shop`: what it prints, errors included. */
function server() {
  const files = memory();
  files.makeDirectory("/var/lib/mysql/mysql", true);
  files.makeDirectory("/var/lib/mysql/shop", true);
  keepUsers(files, ROOT);
  const ask = (sql: string, asker: Partial<Asker> = {}): string => runSql(files, sql, { ...nobody, database: "shop", ...asker }, false).body.trimEnd();
  return { files, ask };
}

const SHOP = "CREATE TABLE p (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20) NOT NULL, price DECIMAL(8,2) DEFAULT 1.5, kind VARCHAR(10), UNIQUE KEY name (name)); INSERT INTO p (name, price, kind) VALUES ('pen', 1.2, 'desk'), ('lamp', 30, 'desk'), ('bread', 2, 'food'), ('oil', 9.95, 'food')";

describe("expressions", () => {
  it.each([
    ["SELECT 1+1", "2"], ["SELECT 10/4", "2.5000"], ["SELECT 7 DIV 2, 7 % 2, 7 MOD 4", "3\t1\t3"], ["SELECT 1/0", "NULL"], ["SELECT 1.5*2", "3.0"], ["SELECT ROUND(2.345, 2), FLOOR(-1.5), CEIL(1.2), ABS(-3)", "2.35\t-2\t2\t3"],
    ["SELECT CONCAT('a', NULL), CONCAT('a', 1, 'b'), CONCAT_WS('-', 'a', NULL, 'b')", "NULL\ta1b\ta-b"], ["SELECT UPPER('ñu'), LENGTH('ñu'), CHAR_LENGTH('ñu'), SUBSTRING('hello', 2, 3), TRIM('  x ')", "ÑU\t3\t2\tell\tx"],
    ["SELECT COALESCE(NULL, 2), IFNULL(NULL, 'x'), NULLIF(1, 1), IF(1 > 2, 'a', 'b')", "2\tx\tNULL\tb"], ["SELECT CASE WHEN 1 = 2 THEN 'a' ELSE 'b' END, CASE 3 WHEN 3 THEN 'c' END", "b\tc"],
    ["SELECT 'a' = 'A', 'a' LIKE 'A%', NULL = NULL, NULL <=> NULL, 2 BETWEEN 1 AND 3, 2 IN (1, NULL)", "1\t1\tNULL\t1\t1\tNULL"], ["SELECT NOT 1, !0, 1 AND NULL, 0 AND NULL, 1 OR NULL", "0\t1\tNULL\t0\t1"],
    ["SELECT DATE_FORMAT('2026-03-05 07:08:09', '%d/%m/%Y %H:%i'), DATEDIFF('2026-03-01', '2026-02-27'), '2026-01-31' + INTERVAL 1 MONTH", "05/03/2026 07:08\t2\t2026-02-28"],
    ["SELECT DATABASE(), CURRENT_USER(), VERSION()", "shop\troot@localhost\t11.8.5-MariaDB"], ["SELECT @@port, @@hostname", "3306\tlocalhost"], ["SELECT GREATEST(1, 3, 2), LEAST('b', 'a')", "3\ta"], ["SELECT CAST('12abc' AS SIGNED), CAST(3.7 AS UNSIGNED)", "12\t4"],
    ["SELECT 'it''s', \"two\", 'a\\'b'", "it's\ttwo\ta'b"], ["SET @a = 5; SELECT @a * 2", "10"], ["SELECT (SELECT 3) + 1, EXISTS (SELECT 1)", "4\t1"], ["SELECT MD5('abc')", "900150983cd24fb0d6963f7d28e17f72"], ["SELECT SHA2('abc', 256)", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  ])("%s", (sql, answer) => {
    expect(server().ask(sql)).toBe(answer);
  });
});

describe("queries", () => {
  it.each([
    ["SELECT name FROM p WHERE price > 2 ORDER BY name", "lamp\noil"], ["SELECT COUNT(*), SUM(price), AVG(id), MIN(name) FROM p", "4\t43.15\t2.5000\tbread"], ["SELECT kind, COUNT(*) n, SUM(price) FROM p GROUP BY kind HAVING n > 1 ORDER BY 3 DESC", "desk\t2\t31.20\nfood\t2\t11.95"],
    ["SELECT DISTINCT kind FROM p ORDER BY kind", "desk\nfood"], ["SELECT name FROM p ORDER BY price DESC LIMIT 1, 2", "oil\nbread"], ["SELECT name FROM p WHERE price = (SELECT MAX(price) FROM p)", "lamp"], ["SELECT a.name FROM p a WHERE EXISTS (SELECT 1 FROM p b WHERE b.kind = a.kind AND b.price > a.price) ORDER BY 1", "bread\npen"],
    ["SELECT GROUP_CONCAT(name ORDER BY name SEPARATOR '; ') FROM p", "bread; lamp; oil; pen"], ["SELECT t.k, t.n FROM (SELECT kind k, COUNT(*) n FROM p GROUP BY kind) t WHERE t.n = 2 ORDER BY t.k", "desk\t2\nfood\t2"], ["SELECT 1 UNION SELECT 2 UNION SELECT 1 ORDER BY 1 DESC", "2\n1"], ["SELECT 1 UNION ALL SELECT 1", "1\n1"],
    ["SELECT p.name, q.name FROM p LEFT JOIN p q ON q.id = p.id + 3 ORDER BY p.id LIMIT 2", "pen\toil\nlamp\tNULL"], ["SELECT name FROM p WHERE kind IN ('food') AND name NOT LIKE 'b%'", "oil"], ["WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n WHERE x < 4) SELECT SUM(x) FROM n", "10"],
  ])("%s", (sql, answer) => {
    const { ask } = server();
    ask(SHOP);
    expect(ask(sql)).toBe(answer);
  });
});

describe("changes", () => {
  it("count from the rows there are, and keep to keys, defaults and types", () => {
    const { ask } = server();
    ask(SHOP);
    ask("UPDATE p SET price = price + 1 WHERE kind = 'desk'; DELETE FROM p ORDER BY id DESC LIMIT 1; INSERT INTO p SET name = 'new'");
    expect(ask("SELECT id, name, price FROM p")).toBe("1\tpen\t2.20\n2\tlamp\t31.00\n3\tbread\t2.00\n5\tnew\t1.50");
    expect(ask("INSERT INTO p (name) VALUES ('pen')")).toBe("ERROR 1062 (23000) at line 1: Duplicate entry 'pen' for key 'name'");
    expect(ask("INSERT INTO p (name) VALUES (NULL)")).toBe("ERROR 1048 (23000) at line 1: Column 'name' cannot be null");
    expect(ask("INSERT INTO p (price) VALUES (1)")).toBe("ERROR 1364 (HY000) at line 1: Field 'name' doesn't have a default value");
    expect(ask("INSERT INTO p (name, price) VALUES ('x', 'abc')")).toBe("ERROR 1366 (22007) at line 1: Incorrect decimal value: 'abc' for column `shop`.`p`.`price` at row 1");
    expect(ask("INSERT INTO p (name) VALUES ('a name that is far too long')")).toBe("ERROR 1406 (22001) at line 1: Data too long for column 'name' at row 1");
    ask("INSERT INTO p (name, price) VALUES ('pen', 9) ON DUPLICATE KEY UPDATE price = VALUES(price); INSERT IGNORE INTO p (name) VALUES ('pen'); REPLACE INTO p (id, name) VALUES (2, 'sun')");
    expect(ask("SELECT id, name, price FROM p ORDER BY id")).toBe("1\tpen\t9.00\n2\tsun\t1.50\n3\tbread\t2.00\n5\tnew\t1.50");
  });

  it("are taken back by ROLLBACK, and by the end of a conversation without COMMIT", () => {
    const { ask } = server();
    ask(SHOP);
    expect(ask("BEGIN; DELETE FROM p; SELECT COUNT(*) FROM p; ROLLBACK; SELECT COUNT(*) FROM p")).toBe("0\n4");
    ask("START TRANSACTION; DELETE FROM p");
    expect(ask("SELECT COUNT(*) FROM p")).toBe("4");
    expect(ask("BEGIN; DELETE FROM p WHERE id = 1; SAVEPOINT a; DELETE FROM p; ROLLBACK TO a; COMMIT; SELECT COUNT(*) FROM p")).toBe("3");
  });

  it("of parents are refused while children are there, unless they go too", () => {
    const { ask } = server();
    ask("CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT, a INT, CONSTRAINT fk FOREIGN KEY (a) REFERENCES a (id)); CREATE TABLE c (a INT, FOREIGN KEY (a) REFERENCES a (id) ON DELETE CASCADE); INSERT INTO a VALUES (1), (2); INSERT INTO b VALUES (1, 1); INSERT INTO c VALUES (2)");
    expect(ask("DELETE FROM a WHERE id = 1")).toBe("ERROR 1451 (23000) at line 1: Cannot delete or update a parent row: a foreign key constraint fails (`shop`.`b`, CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `a` (`id`))");
    expect(ask("INSERT INTO b VALUES (1, 7)")).toBe("ERROR 1452 (23000) at line 1: Cannot add or update a child row: a foreign key constraint fails (`shop`.`b`, CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `a` (`id`))");
    expect(ask("DELETE FROM a WHERE id = 2; SELECT COUNT(*) FROM c")).toBe("0");
  });
});

describe("tables", () => {
  it("are altered, described, and shown as they would be made again", () => {
    const { ask } = server();
    ask(SHOP);
    ask("ALTER TABLE p ADD COLUMN made DATETIME DEFAULT CURRENT_TIMESTAMP, DROP COLUMN kind; ALTER TABLE p CHANGE price cost DECIMAL(9,3) NULL; CREATE INDEX c ON p (cost)");
    expect(ask("DESCRIBE p")).toBe("id\tint(11)\tNO\tPRI\tNULL\tauto_increment\nname\tvarchar(20)\tNO\tUNI\tNULL\t\ncost\tdecimal(9,3)\tYES\tMUL\tNULL\t\nmade\tdatetime\tYES\t\tcurrent_timestamp()");
    expect(ask("SHOW CREATE TABLE p")).toContain("CREATE TABLE `p` (\\n  `id` int(11) NOT NULL AUTO_INCREMENT,\\n  `name` varchar(20) NOT NULL,");
    expect(ask("RENAME TABLE p TO q; SHOW TABLES; TRUNCATE q; SELECT COUNT(*) FROM q; DROP TABLE q; SHOW TABLES")).toBe("q\n0");
    expect(ask("CREATE VIEW v AS SELECT 1 AS one; SELECT one + 1 FROM v")).toBe("2");
  });

  it("of before types were known are still read", () => {
    const { files, ask } = server();
    files.write("/var/lib/mysql/shop/old.rows", '["id","name"]\n["1","Ana"]\n["2","NULL"]\n');
    expect(ask("SELECT * FROM old WHERE id = 2; INSERT INTO old VALUES (3, 'Eva'); SELECT COUNT(name) FROM old")).toBe("2\tNULL\n2");
  });

  it("come back whole from a dump", () => {
    const { files, ask } = server();
    ask(`${SHOP}; INSERT INTO p (name, kind) VALUES ('a;b\\n''c', NULL)`);
    const before = ask("SELECT * FROM p");
    const made = dumpOf(sessionOf(files, nobody), { all: true, whole: false, databases: [], tables: [], data: true, schema: true }, "11.8.5");
    ask("DROP DATABASE shop");
    ask("text" in made ? made.text : "", { database: "" });
    expect(ask("SELECT * FROM p")).toBe(before);
    expect(ask("INSERT INTO p (name) VALUES ('n'); SELECT MAX(id) FROM p")).toBe("6");
  });
});

describe("errors", () => {
  it.each([
    ["SELEC 1", "ERROR 1064 (42000) at line 1: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'SELEC 1' at line 1"],
    ["SELECT * FROM nada", "ERROR 1146 (42S02) at line 1: Table 'shop.nada' doesn't exist"], ["SELECT x FROM p", "ERROR 1054 (42S22) at line 1: Unknown column 'x' in 'SELECT'"], ["SELECT id FROM p WHERE y = 1", "ERROR 1054 (42S22) at line 1: Unknown column 'y' in 'WHERE'"], ["USE nada", "ERROR 1049 (42000) at line 1: Unknown database 'nada'"],
    ["CREATE TABLE p (a INT)", "ERROR 1050 (42S01) at line 1: Table 'p' already exists"], ["CREATE DATABASE shop", "ERROR 1007 (HY000) at line 1: Can't create database 'shop'; database exists"], ["DROP TABLE nada", "ERROR 1051 (42S02) at line 1: Unknown table 'shop.nada'"], ["DROP DATABASE nada", "ERROR 1008 (HY000) at line 1: Can't drop database 'nada'; database doesn't exist"],
    ["INSERT INTO p VALUES (1)", "ERROR 1136 (21S01) at line 1: Column count doesn't match value count at row 1"], ["SELECT nope()", "ERROR 1305 (42000) at line 1: FUNCTION shop.nope does not exist"], ["SELECT a.id FROM p a JOIN p b ON id = 1", "ERROR 1052 (23000) at line 1: Column 'id' in ON is ambiguous"], ["SELECT 'open", "ERROR 1064 (42000)"],
  ])("%s", (sql, answer) => {
    const { ask } = server();
    ask(SHOP);
    expect(ask(sql)).toContain(answer);
  });

  it("end what would never end, or never fit", () => {
    const { ask } = server();
    expect(ask("WITH RECURSIVE n AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM n) SELECT COUNT(*) FROM n")).toContain("ERROR 1969 (70100)");
    expect(ask("WITH RECURSIVE n AS (SELECT 'a' AS x UNION ALL SELECT CONCAT(x, x) FROM n) SELECT COUNT(*) FROM n")).toContain("ERROR 1969 (70100)");
    expect(ask("SELECT LENGTH(REPLACE(REPEAT('a', 1000000), 'a', REPEAT('b', 1000000)))")).toBe("1000000");
    expect(ask(`SELECT ${"(".repeat(5000)}1`)).toContain("ERROR 1064");
  });

  it("never are a crash, however the words fall", () => {
    const { ask } = server();
    const words = ["SELECT", "FROM", "p", "(", ")", ",", "*", "WHERE", "'a'", "1", "=", "GROUP BY", "COUNT", "INSERT INTO", "VALUES", "ALTER TABLE", "ADD", "NULL", ";", "JOIN", "ON", ".", "-", "CREATE", "GRANT", "TO"];
    let seed = 7;
    for (let i = 0; i < 1500; i += 1) {
      const text = Array.from({ length: 8 }, () => words[(seed = (seed * 48271) % 2147483647) % words.length]).join(" ");
      expect(typeof ask(text)).toBe("string");
    }
  });
});

describe("users", () => {
  const ana = { user: "ana", host: "10.0.0.7" };
  it("do what they were granted and nothing else", () => {
    const { ask } = server();
    ask(`${SHOP}; CREATE USER 'ana'@'%' IDENTIFIED BY 's'; GRANT SELECT ON shop.* TO 'ana'@'%'; FLUSH PRIVILEGES`);
    expect(ask("SELECT COUNT(*), CURRENT_USER(), USER() FROM p", ana)).toBe("4\tana@%\tana@10.0.0.7");
    expect(ask("DELETE FROM p", ana)).toBe("ERROR 1142 (42000) at line 1: DELETE command denied to user 'ana'@'10.0.0.7' for table `shop`.`p`");
    expect(ask("CREATE DATABASE x", ana)).toBe("ERROR 1044 (42000) at line 1: Access denied for user 'ana'@'10.0.0.7' to database 'x'");
    expect(ask("SHOW DATABASES", ana)).toBe("information_schema\nshop");
    expect(ask("SHOW GRANTS", ana)).toMatch(/^GRANT USAGE ON \*\.\* TO `ana`@`%` IDENTIFIED BY PASSWORD '\*[0-9A-F]{40}'\nGRANT SELECT ON `shop`\.\* TO `ana`@`%`$/);
    ask("REVOKE SELECT ON shop.* FROM 'ana'@'%'");
    expect(ask("SELECT 1 FROM p", { ...ana, database: "shop" })).toContain("SELECT command denied");
    expect(ask("CREATE USER ana")).toBe("ERROR 1396 (HY000) at line 1: Operation CREATE USER failed for 'ana'@'%'");
    expect(ask("DROP USER eva")).toBe("ERROR 1396 (HY000) at line 1: Operation DROP USER failed for 'eva'@'%'");
  });
});

describe("the client", () => {
  it("prints boxes and upright rows", () => {
    const { files } = server();
    const [answer] = runScript(sessionOf(files, nobody), "SELECT 1 AS n, 'ab' AS t, NULL AS z", false);
    if (!answer) throw new Error("no answer");
    const style = { names: true, table: false, upright: false, raw: false };
    expect(printed(answer, { ...style, table: true })).toBe("+---+----+------+\n| n | t  | z    |\n+---+----+------+\n| 1 | ab | NULL |\n+---+----+------+\n");
    expect(printed(answer, { ...style, upright: true })).toBe("*************************** 1. row ***************************\nn: 1\nt: ab\nz: NULL\n");
    expect(printed(answer, style)).toBe("n\tt\tz\n1\tab\tNULL\n");
  });
});
