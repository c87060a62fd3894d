/** `EVAL` and its like. Upstream: eval.c, script_lua.c. */
import { sha1 } from "@/lib/shell";
import { count } from "../keyspace";
import { LuaError, runLua, type LuaTable, type LuaValue } from "../lua";
import { command, type Call, type Commands } from "../model";
import { bulk, integer, isArray, OK, Refused, type Reply } from "../reply";

const hashOf = (source: string): string => sha1([...source].map((char) => char.charCodeAt(0) & 255));
const named = (name: string, value: LuaValue): LuaTable => ({ list: [], named: new Map([[name, value]]) });

/** An answer of the server as a script sees it. */
function toLua(reply: Reply): LuaValue {
  if (reply === null) return false;
  if (isArray(reply)) return { list: reply.map(toLua), named: new Map() };
  if ("number" in reply) return Number(reply.number);
  if ("bulk" in reply) return reply.bulk;
  if ("status" in reply) return named("ok", reply.status);
  return "error" in reply ? named("err", reply.error) : false;
}

/** What a script gives back as an answer: numbers lose their fraction, and a list ends at the first nil. */
function fromLua(value: LuaValue): Reply {
  if (value === null || value === false) return null;
  if (value === true) return integer(1);
  if (typeof value === "number") return integer(Math.trunc(value));
  if (typeof value === "string") return bulk(value);
  const [failed, done] = [value.named.get("err"), value.named.get("ok")];
  if (typeof failed === "string") return { error: failed };
  if (typeof done === "string") return { status: done };
  const end = value.list.indexOf(null);
  return value.list.slice(0, end < 0 ? undefined : end).map(fromLua);
}

function evaluate(call: Call, source: string): Reply {
  const [, , given = "", ...rest] = call.words;
  const keys = count(given);
  if (keys < 0) throw new Refused("ERR Number of keys can't be negative");
  if (keys > rest.length) throw new Refused("ERR Number of keys can't be greater than number of args");
  const hash = hashOf(source);
  call.server.scripts = { ...call.server.scripts, [hash]: source };
  // What the script's commands changed is written down by them.
  call.instead = [];
  const where = ` script: ${hash}, on @user_script:1.`;
  try {
    return fromLua(
      runLua(source, rest.slice(0, keys), rest.slice(keys), (words, isSafe) => {
        const reply = call.perform(words);
        const failed = reply !== null && !isArray(reply) && "error" in reply ? reply.error : undefined;
        if (failed === undefined || isSafe) return toLua(reply);
        throw new Refused(`${failed.startsWith("ERR unknown command") ? "ERR Unknown Redis command called from script" : failed}${where}`);
      }),
    );
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    const isUnread = /unexpected symbol|expected near/.test(error.message);
    throw new Refused(isUnread ? `ERR Error compiling script (new function): ${error.message}` : `ERR ${error.message}${where}`);
  }
}

function evalsha(call: Call): Reply {
  const hash = (call.words[1] ?? "").toLowerCase();
  const source = call.server.scripts?.[hash];
  if (source === undefined) throw new Refused("NOSCRIPT No matching script. Please use EVAL.");
  return evaluate(call, source);
}

function script(call: Call): Reply {
  const [, given = "", ...rest] = call.words;
  const { server } = call;
  switch (given.toUpperCase()) {
    case "LOAD": {
      const source = rest[0] ?? "";
      server.scripts = { ...server.scripts, [hashOf(source)]: source };
      return bulk(hashOf(source));
    }
    case "EXISTS": return rest.map((hash) => integer(server.scripts?.[hash.toLowerCase()] === undefined ? 0 : 1));
    case "FLUSH":
      server.scripts = {};
      return OK;
    case "KILL": throw new Refused("NOTBUSY No scripts in execution right now.");
    default: throw new Refused(`ERR unknown subcommand '${given}'. Try SCRIPT HELP.`);
  }
}

/** Commands of scripts. */
export const scripts: Commands = {
  eval: command(-3, "", (call) => evaluate(call, call.words[1] ?? "")),
  eval_ro: command(-3, "", (call) => evaluate(call, call.words[1] ?? "")),
  evalsha: command(-3, "", evalsha),
  script: command(-2, "", script),
};
