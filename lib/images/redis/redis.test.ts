import { describe, expect, it } from "vitest";
import { POD, seconds, type Cluster, type Pod } from "@/lib/engine";
import { pod, service } from "@/lib/engine/testing/builders";
import { admin, clusterOf, container, inDefault, run } from "./testing/redis-world";

/** A script of commands, and what a terminal shows of them. */
function typed(cluster: Cluster, ...lines: readonly string[]): string {
  const { stdout, stderr } = run(cluster, `redis-cli --no-raw <<'END'\n${lines.join("\n")}\nEND`);
  return stdout + stderr;
}

describe("redis-cli", () => {
  const cluster = clusterOf(pod("r", container()), service("cache", { ports: [{ port: 6379 }] }));

  it("prints what a program wants to read, and with --no-raw what a person does", () => {
    expect(run(cluster, "redis-cli set saludo '¡hola, mundo!'; redis-cli get saludo; redis-cli incr n; redis-cli get nada").stdout).toBe("OK\n¡hola, mundo!\n1\n\n");
    expect(run(cluster, "redis-cli --no-raw get saludo; redis-cli --no-raw incr n; redis-cli --no-raw get nada").stdout).toBe('"\\xc2\\xa1hola, mundo!"\n(integer) 2\n(nil)\n');
    expect(run(cluster, "redis-cli rpush l a b; redis-cli lrange l 0 -1; redis-cli --no-raw lrange l 0 -1; redis-cli --csv lrange l 0 -1; redis-cli --no-raw keys 'x*'").stdout).toBe('2\na\nb\n1) "a"\n2) "b"\n"a","b"\n(empty array)\n');
    expect(run(cluster, "redis-cli --no-raw -r 3 incr veces; echo nuevo | redis-cli -x set x; redis-cli get x").stdout).toBe("(integer) 1\n(integer) 2\n(integer) 3\nOK\nnuevo\n\n");
  });

  it("says what the server refuses", () => {
    expect(typed(cluster, "foo a b", "get", "set k v", "lpush k x", "incr k", "set k v EX 0", "set k v NX XX", "select 99")).toBe(
      [
        "(error) ERR unknown command 'foo', with args beginning with: 'a' 'b' ",
        "(error) ERR wrong number of arguments for 'get' command",
        "OK",
        "(error) WRONGTYPE Operation against a key holding the wrong kind of value",
        "(error) ERR value is not an integer or out of range",
        "(error) ERR invalid expire time in 'set' command",
        "(error) ERR syntax error",
        "(error) ERR DB index is out of range",
        "",
      ].join("\n"),
    );
    expect(run(cluster, "redis-cli -e get")).toMatchObject({ exitCode: 1 });
    expect(run(cluster, "redis-cli --nada")).toMatchObject({ exitCode: 1, stderr: "Unrecognized option or bad number of args for: '--nada'\n" });
  });

  it("says why it cannot connect", () => {
    expect(run(cluster, "redis-cli -p 6380 ping")).toMatchObject({ exitCode: 1, stderr: "Could not connect to Redis at 127.0.0.1:6380: Connection refused\n" });
    expect(run(cluster, "redis-cli -h nadie ping")).toMatchObject({ exitCode: 1, stderr: "Could not connect to Redis at nadie:6379: Name or service not known\n" });
  });

  it("speaks the protocol that nc can speak too", () => {
    const both = clusterOf(pod("r", container()), pod("b", container({ command: ["sleep", "9999"] }, "busybox:1.37")));
    const ip = (admin(both).get<Pod>(POD, inDefault("r")) as Pod).status?.podIP ?? "";
    expect(run(both, `printf 'PING\\r\\nSET a 1\\r\\nGET a\\r\\nLPUSH l x\\r\\nNADA\\r\\n' | nc ${ip} 6379`, "b").stdout).toBe("+PONG\r\n+OK\r\n$1\r\n1\r\n:1\r\n-ERR unknown command 'NADA', with args beginning with: \r\n");
  });
});

describe("redis keys", () => {
  const cluster = clusterOf(pod("r", container()));

  it("of strings follow their options", () => {
    expect(typed(cluster, "set a 1 NX", "set a 2 NX", "set a 3 XX GET", "get a", "append a 4", "strlen a", "getrange a 0 0", "setrange a 3 x", "incrbyfloat f 10.5", "incrbyfloat f 0.1", "mset x 1 y 2", "mget x nada y", "getdel x", "getset y 9", "setbit b 7 1", "get b", "bitcount b", "object encoding y", "type y")).toBe(
      'OK\n(nil)\n"1"\n"3"\n(integer) 2\n(integer) 2\n"3"\n(integer) 4\n"10.5"\n"10.6"\nOK\n1) "1"\n2) (nil)\n3) "2"\n"1"\n"2"\n(integer) 0\n"\\x01"\n(integer) 1\n"int"\nstring\n',
    );
    expect(typed(cluster, "set big 9223372036854775807", "incr big", "decrby big 7")).toBe("OK\n(error) ERR increment or decrement would overflow\n(integer) 9223372036854775800\n");
  });

  it("expire by the clock, and not before", () => {
    expect(typed(cluster, "set e 1 EX 10", "ttl e", "ttl nada", "ttl y", "expire y 100 GT", "expire y 100", "persist y", "set e 2 KEEPTTL", "set p 1 PX 100000")).toBe("OK\n(integer) 10\n(integer) -2\n(integer) -1\n(integer) 0\n(integer) 1\n(integer) 1\nOK\nOK\n");
    cluster.advance(seconds(5));
    expect(typed(cluster, "exists e")).toBe("(integer) 1\n");
    cluster.advance(seconds(6));
    expect(typed(cluster, "get e", "ttl e")).toBe("(nil)\n(integer) -2\n");
  });

  it("of lists, hashes and sets answer in their order", () => {
    expect(typed(cluster, "rpush l a b c b", "lrem l 1 b", "linsert l before c X", "lset l 0 A", "lrange l 0 -1", "lmove l m left right", "ltrim l 0 1", "lpop l 5", "exists l", "blpop m 1", "rpoplpush nada m")).toBe(
      '(integer) 4\n(integer) 1\n(integer) 4\nOK\n1) "A"\n2) "X"\n3) "c"\n4) "b"\n"A"\nOK\n1) "X"\n2) "c"\n(integer) 0\n1) "m"\n2) "A"\n(nil)\n',
    );
    expect(typed(cluster, "hset h n Ana e 30", "hset h e 31 c x", "hgetall h", "hincrby h e 4", "hincrby h n 1", "hdel h c nada", "hmget h n c", "hexists h n", "hlen h")).toBe(
      '(integer) 2\n(integer) 1\n1) "n"\n2) "Ana"\n3) "e"\n4) "31"\n5) "c"\n6) "x"\n(integer) 35\n(error) ERR hash value is not an integer\n(integer) 1\n1) "Ana"\n2) (nil)\n(integer) 1\n(integer) 2\n',
    );
    expect(typed(cluster, "sadd s 3 1 2", "smembers s", "sadd t 2 9", "sinter s t", "sdiff s t", "sunionstore u s t", "scard u", "sismember s 7", "smove s t 1", "srem s 3", "spop s", "exists s")).toBe(
      '(integer) 3\n1) "1"\n2) "2"\n3) "3"\n(integer) 2\n1) "2"\n1) "1"\n2) "3"\n(integer) 4\n(integer) 4\n(integer) 0\n(integer) 1\n(integer) 1\n"2"\n(integer) 0\n',
    );
  });

  it("of sorted sets and streams keep their order", () => {
    expect(typed(cluster, "zadd z 1 a 2 b 3 c", "zadd z XX CH 5 a", "zrange z 0 -1 WITHSCORES", "zrevrange z 0 0", "zrangebyscore z (2 +inf", "zrange z 0 10 BYSCORE LIMIT 0 1", "zincrby z 0.5 b", "zrank z a", "zscore z nada", "zcount z -inf 3", "zpopmin z", "zadd z GT 4 a")).toBe(
      '(integer) 3\n(integer) 1\n1) "b"\n2) "2"\n3) "c"\n4) "3"\n5) "a"\n6) "5"\n1) "a"\n1) "c"\n2) "a"\n1) "b"\n"2.5"\n(integer) 2\n(nil)\n(integer) 2\n1) "b"\n2) "2.5"\n(integer) 0\n',
    );
    expect(typed(cluster, "xadd x 1-1 k v", "xadd x 1-1 k v", "xadd x 2-* k w", "xlen x", "xrange x - +", "xread COUNT 1 STREAMS x 1-1", "pfadd v a b a", "pfcount v")).toBe(
      '"1-1"\n(error) ERR The ID specified in XADD is equal or smaller than the target stream top item\n"2-0"\n(integer) 2\n1) 1) "1-1"\n   2) 1) "k"\n      2) "v"\n2) 1) "2-0"\n   2) 1) "k"\n      2) "w"\n1) 1) "x"\n   2) 1) 1) "2-0"\n         2) 1) "k"\n            2) "w"\n(integer) 1\n(integer) 2\n',
    );
  });

  it("are found by pattern, moved and counted", () => {
    expect(typed(cluster, "select 3", "mset user:1 a user:2 b otro c __proto__ d", "keys user:[1-9]", "scan 0 match o* count 100", "dbsize", "rename otro nuevo", "copy nuevo user:1", "copy nuevo user:1 REPLACE", "get user:1", "rename nada x", "get __proto__", "move nuevo 4", "flushdb", "dbsize")).toBe(
      'OK\nOK\n1) "user:1"\n2) "user:2"\n1) "0"\n2) 1) "otro"\n(integer) 4\nOK\n(integer) 0\n(integer) 1\n"c"\n(error) ERR no such key\n"d"\n(integer) 1\nOK\n(integer) 0\n',
    );
  });

  it("change together or not at all", () => {
    expect(typed(cluster, "multi", "set t 1", "incr t", "exec", "multi", "nada", "exec", "exec", "watch t", "set t 5", "multi", "incr t", "exec", "multi", "set t 9", "discard", "get t", "multi", "lpush t x", "exec")).toBe(
      'OK\nQUEUED\nQUEUED\n1) OK\n2) (integer) 2\nOK\n(error) ERR unknown command \'nada\', with args beginning with: \n(error) EXECABORT Transaction discarded because of previous errors.\n(error) ERR EXEC without MULTI\nOK\nOK\nOK\nQUEUED\n(nil)\nOK\nQUEUED\nOK\n"5"\nOK\nQUEUED\n1) (error) WRONGTYPE Operation against a key holding the wrong kind of value\n',
    );
  });
});

describe("consumer groups", () => {
  const cluster = clusterOf(pod("r", container()));

  it("share a stream, and know what nobody has acknowledged", () => {
    expect(typed(cluster, "xgroup create s g $", "xgroup create s g $ MKSTREAM", "xgroup create s g 0", "xadd s 1-1 k a", "xadd s 2-1 k b", "xadd s 3-1 k c", "xreadgroup GROUP g ana COUNT 2 STREAMS s >", "xreadgroup GROUP g bea STREAMS s >", "xreadgroup GROUP g bea STREAMS s >", "xack s g 1-1", "xpending s g")).toBe(
      [
        "(error) ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option to create an empty stream automatically.",
        "OK",
        "(error) BUSYGROUP Consumer Group name already exists",
        '"1-1"\n"2-1"\n"3-1"',
        '1) 1) "s"\n   2) 1) 1) "1-1"\n         2) 1) "k"\n            2) "a"\n      2) 1) "2-1"\n         2) 1) "k"\n            2) "b"',
        '1) 1) "s"\n   2) 1) 1) "3-1"\n         2) 1) "k"\n            2) "c"',
        "(nil)",
        "(integer) 1",
        '1) (integer) 2\n2) "2-1"\n3) "3-1"\n4) 1) 1) "ana"\n      2) "1"\n   2) 1) "bea"\n      2) "1"',
        "",
      ].join("\n"),
    );
    expect(typed(cluster, "xclaim s g bea 0 2-1 JUSTID", "xreadgroup GROUP g bea COUNT 1 STREAMS s 0", "xautoclaim s g eva 0 0 JUSTID", "xgroup delconsumer s g eva", "xpending s g", "xgroup destroy s g", "xreadgroup GROUP g bea STREAMS s >")).toBe(
      '1) "2-1"\n1) 1) "s"\n   2) 1) 1) "2-1"\n         2) 1) "k"\n            2) "b"\n1) "0-0"\n2) 1) "2-1"\n   2) "3-1"\n3) (empty array)\n(integer) 2\n1) (integer) 0\n2) (nil)\n3) (nil)\n4) (nil)\n(integer) 1\n(error) NOGROUP No such key \'s\' or consumer group \'g\' in XREADGROUP with GROUP option\n',
    );
  });
});

describe("scripts", () => {
  const cluster = clusterOf(pod("r", container()));
  const lock = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end";

  it("run commands and answer with what they come to", () => {
    expect(typed(cluster, "set k mine", `eval "${lock}" 1 k other`, `eval "${lock}" 1 k mine`, "get k", "eval \"return {1, 'two', {KEYS[1], ARGV[1]}, nil, 5}\" 1 a b", "eval \"local n = 0 for i = 1, tonumber(ARGV[1]) do n = n + redis.call('incr', 'c') end return n\" 0 3", "eval \"for i, v in ipairs({'x','y'}) do redis.call('rpush', 'l', v .. i) end return redis.call('lrange', 'l', 0, -1)\" 0", "eval 'return redis.status_reply(\"FINE\")' 0", "eval 'return 3.9' 0")).toBe(
      'OK\n(integer) 0\n(integer) 1\n(nil)\n1) (integer) 1\n2) "two"\n3) 1) "a"\n   2) "b"\n(integer) 6\n1) "x1"\n2) "y2"\nFINE\n(integer) 3\n',
    );
    expect(typed(cluster, "script load 'return 1'", "evalsha e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0", "script exists e0e1f9fabfc9d4800c877a703b823ac0578ff8db ff", "evalsha ff 0")).toBe('"e0e1f9fabfc9d4800c877a703b823ac0578ff8db"\n(integer) 1\n1) (integer) 1\n2) (integer) 0\n(error) NOSCRIPT No matching script. Please use EVAL.\n');
  });

  it("say where they went wrong", () => {
    expect(typed(cluster, "eval 'return 1' 2 a", "eval 'return ' -1", "rpush q a", "eval \"return redis.call('incr', 'q')\" 0", "eval \"return redis.pcall('incr', 'q')\" 0", "eval 'return x' 0", "eval 'return (' 0", "eval 'while true do local a = 1 end' 0").split("\n").map((line) => line.replace(/[0-9a-f]{40}/, "HASH"))).toEqual([
      "(error) ERR Number of keys can't be greater than number of args",
      "(error) ERR Number of keys can't be negative",
      "(integer) 1",
      "(error) WRONGTYPE Operation against a key holding the wrong kind of value script: HASH, on @user_script:1.",
      "(error) WRONGTYPE Operation against a key holding the wrong kind of value",
      "(error) ERR user_script:1: Script attempted to access nonexistent global variable 'x' script: HASH, on @user_script:1.",
      "(error) ERR Error compiling script (new function): user_script:1: unexpected symbol near '<eof>'",
      "(error) ERR user_script:1: Script killed by user with SCRIPT KILL script: HASH, on @user_script:1.",
      "",
    ]);
  });
});
