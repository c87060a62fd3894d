import { changed, settingsLike } from "../config";
import { count, decimal, peek } from "../keyspace";
import { say } from "../log";
import { sizeOf } from "../memory";
import { command, setting, type Call, type Commands } from "../model";
import { beginAppending, save, saveInBackground } from "../persistence";
import { follow, standAlone } from "../replication";
import { bulk, bulks, integer, OK, Refused, type Reply } from "../reply";
import { unknownSubcommand, wrongNumber } from "./connection";
import { infoOf } from "./info";

const word = ({ words }: Call, at: number): string => words[at] ?? "";

function config(call: Call): Reply {
  const { server, words } = call;
  switch (word(call, 1).toUpperCase()) {
    case "GET":
      if (words.length < 3) wrongNumber(call);
      return bulks(settingsLike(server.settings, words.slice(2)).flat());
    case "SET": {
      if (words.length < 4 || words.length % 2 === 1) wrongNumber(call);
      const result = changed(server.settings, words.slice(2));
      if ("problem" in result) throw new Refused(result.problem);
      const appended = setting(server, "appendonly") === "yes";
      server.settings = result.settings;
      if (!appended && setting(server, "appendonly") === "yes") beginAppending(server);
      return OK;
    }
    case "RESETSTAT":
      Object.assign(server.counts, { commands: 0, connections: 0, hits: 0, misses: 0, expired: 0, evicted: 0 });
      return OK;
    case "REWRITE":
      if (server.configFile === "") throw new Refused("ERR The server is running without a config file");
      return rewritten(call);
    default:
      return unknownSubcommand(call);
  }
}

function rewritten({ server }: Call): Reply {
  const text = settingsLike(server.settings, ["*"]).map(([name, value]) => `${name} ${value === "" ? '""' : name === "save" || name.includes("limit") || name === "bind" || name === "replicaof" ? value : `"${value}"`}`);
  const problem = server.process.files.write(server.configFile, `${text.filter((line) => !line.startsWith("replicaof \"\"")).join("\n")}\n`);
  if (problem !== undefined) {
    say(server, "CONFIG REWRITE failed: Read-only file system", "#");
    throw new Refused("ERR Rewriting config file: Read-only file system");
  }
  return OK;
}

function shutdown(call: Call): Reply {
  const mode = word(call, 1).toUpperCase();
  const { server } = call;
  if (mode !== "" && !["NOSAVE", "SAVE", "NOW", "FORCE", "ABORT"].includes(mode)) throw new Refused("ERR syntax error");
  if (mode === "ABORT") throw new Refused("ERR No shutdown in progress.");
  if (!ends(call.server, mode === "NOSAVE" ? false : mode === "SAVE" || setting(server, "save") !== "", mode === "FORCE")) throw new Refused("ERR Errors trying to SHUTDOWN. Check logs.");
  call.session.over = true;
  return null;
}

/** Ends the server in good order: with a last snapshot when there are save points. Without that it goes on. */
export function ends(server: Call["server"], saves: boolean, isForced = false): boolean {
  say(server, "User requested shutdown...");
  if (setting(server, "appendonly") === "yes") say(server, "Calling fsync() on the AOF file.");
  if (saves) {
    say(server, "Saving the final RDB snapshot before exiting.");
    if (!save(server) && !isForced) {
      say(server, "Error trying to save the DB, can't exit.", "#");
      say(server, "Errors trying to shut down the server. Check the logs for more information.", "#");
      return false;
    }
  }
  say(server, "Redis is now ready to exit, bye bye...", "#");
  server.exit = true;
  return true;
}

function debug(call: Call): Reply {
  const { server, session } = call;
  const allowed = setting(server, "enable-debug-command");
  if (server.version.major >= 7 && allowed !== "yes" && !(allowed === "local" && session.address.startsWith("127."))) {
    throw new Refused('ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server.');
  }
  const verb = word(call, 1).toUpperCase();
  if (verb === "SLEEP") server.took += Math.trunc(Math.max(0, Math.min(3600, decimal(word(call, 2)))) * 1000);
  else if (verb !== "JMAP" && verb !== "SET-ACTIVE-EXPIRE") return unknownSubcommand(call);
  return OK;
}

function slowlog(call: Call): Reply {
  const { server } = call;
  switch (word(call, 1).toUpperCase()) {
    case "GET": {
      const most = call.words[2] === undefined ? 10 : count(call.words[2]);
      return server.slow.slice(0, most < 0 ? undefined : most).map(([id, at, micros, words, from]): Reply => [integer(id), integer(at), integer(micros), bulks(words), bulk(from), bulk("")]);
    }
    case "LEN":
      return integer(server.slow.length);
    case "RESET":
      server.slow = [];
      return OK;
    default:
      return unknownSubcommand(call);
  }
}

function memory(call: Call): Reply {
  switch (word(call, 1).toUpperCase()) {
    case "USAGE": {
      const key = word(call, 2);
      const entry = peek(call, key);
      return entry ? integer(sizeOf(key, entry)) : null;
    }
    case "DOCTOR":
      return bulk("Sam, I have no memory problems\n");
    case "PURGE":
      return OK;
    default:
      return unknownSubcommand(call);
  }
}

function replicaof(call: Call): Reply {
  const [, host = "", given = ""] = call.words;
  const { server, session } = call;
  if (/^no$/i.test(host) && /^one$/i.test(given)) {
    if (server.master) {
      standAlone(server, replicationId(server));
      say(server, `MASTER MODE enabled (user request from 'id=${session.id} addr=${session.address}')`);
    }
    return OK;
  }
  const port = count(given, "ERR Invalid master port");
  if (port < 0 || port > 65_535) throw new Refused("ERR Invalid master port");
  if (server.master?.host === host && server.master.port === port) return { status: "OK Already connected to specified master" };
  follow(server, host, port);
  say(server, `REPLICAOF ${host}:${port} enabled (user request from 'id=${session.id} addr=${session.address}')`);
  return OK;
}

/** Forty hexadecimal digits by chance, as Redis names a history of data. */
export function replicationId({ process }: Pick<Call["server"], "process">): string {
  return Array.from({ length: 10 }, () => process.random(65_536).toString(16).padStart(4, "0")).join("");
}

function role({ server }: Call): Reply {
  if (server.master) return [bulk("slave"), bulk(server.master.host), integer(server.master.port), bulk(server.master.up ? "connected" : "connect"), integer(server.master.up ? server.offset : -1)];
  return [bulk("master"), integer(server.offset), server.replicas.map(({ ip, port }) => bulks([ip, String(port), String(server.offset)]))];
}

function acl(call: Call): Reply {
  const verb = word(call, 1).toUpperCase();
  if (verb === "WHOAMI") return bulk("default");
  if (verb === "USERS") return bulks(["default"]);
  return verb === "LIST" ? bulks([`user default on ${setting(call.server, "requirepass") === "" ? "nopass" : "sanitize-payload #…"} ~* &* +@all`]) : unknownSubcommand(call);
}

/** Commands of the server. */
export const serverCommands: Commands = {
  info: command(-1, "", (call) => bulk(infoOf(call.server, call.words.slice(1)))),
  config: command(-2, "", config),
  time: command(1, "", ({ server }) => bulks([String(Math.trunc(server.now / 1000)), String((server.now % 1000) * 1000)])),
  save: command(1, "", ({ server }) => {
    if (!save(server)) throw new Refused("ERR");
    return OK;
  }),
  bgsave: command(-1, "", ({ server }) => {
    saveInBackground(server);
    return { status: "Background saving started" };
  }),
  bgrewriteaof: command(1, "", ({ server }) => {
    if (setting(server, "appendonly") === "yes") beginAppending(server);
    say(server, "Background AOF rewrite finished successfully");
    return { status: "Background append only file rewriting started" };
  }),
  lastsave: command(1, "", ({ server }) => integer(Math.trunc(server.savedAt / 1000))),
  shutdown: command(-1, "", shutdown),
  debug: command(-2, "", debug),
  slowlog: command(-2, "", slowlog),
  memory: command(-2, "", memory),
  replicaof: command(3, "", replicaof),
  slaveof: command(3, "", replicaof),
  role: command(1, "", role),
  wait: command(3, "", ({ server }) => integer(server.replicas.length)),
  acl: command(-2, "", acl),
  cluster: command(-2, "", () => {
    throw new Refused("ERR This instance has cluster support disabled");
  }),
  function: command(-2, "", () => {
    throw new Refused("ERR Functions are not run by this simulated server");
  }),
};
