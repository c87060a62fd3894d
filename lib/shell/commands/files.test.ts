import { expect, test } from "vitest";
import { runScript } from "../testing/run-script";

const run = (source: string, tools?: "busybox" | "coreutils") => runScript({ source: `cd /tmp\n${source}`, env: { PATH: "/usr/bin:/bin" } }, tools ? { host: { tools } } : {});

test("find runs commands on what it finds, and says what it cannot run", () => {
  expect(run("echo a > x; find . -name x -exec nocmd {} \\;", "busybox")).toMatchObject({ status: 0, stderr: "find: nocmd: No such file or directory\n" });
  expect(run("echo a > x; find . -name x -exec grep -l a {} +").stdout).toBe("./x\n");
  expect(run("find . -foo", "coreutils").stderr).toBe("find: unknown predicate `-foo'\n");
  expect(run("find . -foo", "busybox").stderr).toBe("find: unrecognized: -foo\n");
});

test("a file missing is named in the words of the image's tools", () => {
  expect(run("sort nofile", "busybox").stderr).toBe("sort: nofile: No such file or directory\n");
  expect(run("sort nofile; echo $?", "coreutils")).toMatchObject({ stdout: "2\n", stderr: "sort: cannot read: nofile: No such file or directory\n" });
  expect(run("sha1sum nofile", "busybox").stderr).toBe("sha1sum: can't open 'nofile': No such file or directory\n");
  expect(run("head nofile", "busybox").stderr).toBe("head: nofile: No such file or directory\n");
  expect(run("head -n x", "busybox").stderr).toBe("head: invalid number 'x'\n");
});

test("an option nobody knows is refused by its letter", () => {
  expect(run("cut -Q; echo $?")).toMatchObject({ stdout: "1\n", stderr: "cut: invalid option -- 'Q'\nTry 'cut --help' for more information.\n" });
  expect(run("ls --nonsense; echo $?")).toMatchObject({ stdout: "2\n", stderr: "ls: unrecognized option '--nonsense'\nTry 'ls --help' for more information.\n" });
});

test("busybox is short where coreutils point to their help", () => {
  expect(run("cut x", "busybox").stderr).toBe("cut: expected a list of bytes, characters, or fields\n");
  expect(run("expr a + 1", "busybox").stderr).toBe("expr: non-numeric argument\n");
  expect(run("id nobodyx", "busybox").stderr).toBe("id: unknown user nobodyx\n");
  expect(run("rm", "coreutils").stderr).toBe("rm: missing operand\nTry 'rm --help' for more information.\n");
  expect(run("echo x > g; gunzip g", "coreutils").stderr).toBe("gzip: g: unknown suffix -- ignored\n");
});

test("mktemp makes what nobody else may read, under a name not taken", () => {
  expect(run("a=$(mktemp); b=$(mktemp); [ $a != $b ] && ls -l $a $b | cut -c1-10").stdout).toBe("-rw-------\n-rw-------\n");
  expect(run("d=$(mktemp -d); stat -c %a $d; ls /tmp | wc -l").stdout).toBe("700\n1\n");
});

test("chance follows from the clock alone", () => {
  expect(run("seq 20 | shuf").stdout).toBe(run("seq 20 | shuf").stdout);
  expect(run("seq 20 | shuf | sort -n").stdout).toBe(run("seq 20").stdout);
});

test("dates are told from the virtual clock", () => {
  expect(run("date -d tomorrow +%F; date -d '2 hours ago' '+%F %T'; date -d 'next month' +%F; date -d noon +%T; date -d 'last monday' +%F").stdout).toBe("1970-01-02\n1969-12-31 22:00:00\n1970-02-01\n12:00:00\n1969-12-29\n");
  expect(run("date -s '2030-01-01'").stderr).toBe("date: cannot set date: Operation not permitted\n");
});

test("a file's time is what touch says, and cp -p keeps it", () => {
  expect(run("touch -d '2024-01-02 03:04:05' f; cp -p f g; cp f h; touch -r f i; touch -t 202401020304 j; stat -c %Y f g i j; [ h -nt f ] || echo older").stdout).toBe("1704164645\n1704164645\n1704164645\n1704164640\nolder\n");
  expect(run("touch -d '2024-01-02' f; date -u -r f +%F; find . -newermt 2025-01-01 -name f; touch f; stat -c %Y f").stdout).toBe("2024-01-02\n0\n");
  expect(run("touch -d nope x; ls x", "coreutils")).toMatchObject({ status: 2, stderr: "touch: invalid date format 'nope'\nls: cannot access 'x': No such file or directory\n" });
});
