import { command, setting, type Call, type Commands, type Session } from "../model";
import { bulk, bulks, integer, OK, Refused, type Reply } from "../reply";

const word = ({ words }: Call, at: number): string => words[at] ?? "";

/** The refusal of a subcommand nobody knows. */
export function unknownSubcommand(call: Call): never {
  throw new Refused(`ERR unknown subcommand '${word(call, 1)}'. Try ${word(call, 0).toUpperCase()} HELP.`);
}

/** The refusal of a subcommand with too many words or too few. */
export function wrongNumber(call: Call): never {
  throw new Refused(`ERR wrong number of arguments for '${word(call, 0).toLowerCase()}|${word(call, 1).toLowerCase()}' command`);
}

function auth(call: Call): Reply {
  const { words, server, session } = call;
  if (words.length > 3) throw new Refused("ERR syntax error");
  const password = setting(server, "requirepass");
  const [user, given] = words.length === 3 ? [words[1], words[2]] : ["default", words[1]];
  if (words.length === 2 && password === "") throw new Refused("ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?");
  if (user !== "default" || (password !== "" && given !== password)) throw new Refused("WRONGPASS invalid username-password pair or user is disabled.");
  session.trusted = true;
  return OK;
}

function hello(call: Call): Reply {
  const { words, server, session } = call;
  if (words[1] !== undefined && !/^\d+$/.test(words[1])) throw new Refused("ERR Protocol version is not an integer or out of range");
  if (words[1] !== undefined && words[1] !== "2") throw new Refused("NOPROTO unsupported protocol version");
  if (words[2]?.toUpperCase() === "AUTH") auth({ ...call, words: ["AUTH", ...words.slice(3, 5)] });
  if (!session.trusted) throw new Refused("NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time");
  return [bulk("server"), bulk("redis"), bulk("version"), bulk(server.version.full), bulk("proto"), integer(2), bulk("id"), integer(session.id), bulk("mode"), bulk("standalone"), bulk("role"), bulk(server.master ? "replica" : "master"), bulk("modules"), []];
}

function lineOf({ server, session }: Call): string {
  return `id=${session.id} addr=${session.address} laddr=${session.address.startsWith("127.") ? "127.0.0.1" : server.process.podIP}:${setting(server, "port")} fd=8 name=${session.name} age=0 idle=0 flags=N db=${session.db} sub=${session.channels.length} psub=0 ssub=0 multi=${session.queue?.length ?? -1} watch=${session.watched.size} qbuf=26 qbuf-free=20448 argv-mem=10 multi-mem=0 rbs=1024 rbp=0 obl=0 oll=0 omem=0 tot-mem=22426 events=r cmd=client|list user=default redir=-1 resp=2 lib-name= lib-ver=\n`;
}

/** @simplified The only client there ever is, is the one that asks. */
function client(call: Call): Reply {
  const { session } = call;
  switch (word(call, 1).toUpperCase()) {
    case "ID":
      return integer(session.id);
    case "GETNAME":
      return bulk(session.name === "" ? undefined : session.name);
    case "SETNAME":
      if (call.words.length !== 3) wrongNumber(call);
      if (/[^!-~]/.test(word(call, 2))) throw new Refused("ERR Client names cannot contain spaces, newlines or special characters.");
      session.name = word(call, 2);
      return OK;
    case "LIST":
    case "INFO":
      return bulk(lineOf(call));
    case "KILL":
      throw new Refused("ERR No such client");
    case "SETINFO":
    case "NO-EVICT":
    case "NO-TOUCH":
    case "PAUSE":
    case "UNPAUSE":
      return OK;
    default:
      return unknownSubcommand(call);
  }
}

/**
 * @simplified A conversation lasts as long as what was typed for it: nobody is still listening when something is published, and PUBLISH
 * answers 0.
 */
function subscription(isEnd: boolean) {
  return (call: Call): Reply => {
    const { session } = call;
    const name = word(call, 0).toLowerCase();
    const given = call.words.length > 1 ? call.words.slice(1) : session.channels;
    const replies = (given.length === 0 ? [undefined] : given).map((channel): Reply => {
      session.channels = channel === undefined ? [] : isEnd ? session.channels.filter((other) => other !== channel) : [...new Set([...session.channels, channel])];
      return [bulk(name), bulk(channel), integer(session.channels.length)];
    });
    session.before.push(...replies.slice(0, -1));
    return replies.at(-1) ?? null;
  };
}

function pubsub(call: Call): Reply {
  const verb = word(call, 1).toUpperCase();
  if (verb === "CHANNELS") return [];
  if (verb === "NUMPAT") return integer(0);
  return verb === "NUMSUB" ? call.words.slice(2).flatMap((channel) => [bulk(channel), integer(0)]) : unknownSubcommand(call);
}

function reset(session: Session): Reply {
  Object.assign(session, { db: 0, name: "", queue: undefined, spoiled: false, channels: [] });
  session.watched.clear();
  return { status: "RESET" };
}

/** Commands of a conversation. */
export const connection: Commands = {
  ping: command(-1, "", (call) => {
    if (call.words.length > 2) throw new Refused("ERR wrong number of arguments for 'ping' command");
    if (call.session.channels.length > 0) return bulks(["pong", word(call, 1)]);
    return call.words.length === 2 ? bulk(word(call, 1)) : { status: "PONG" };
  }),
  echo: command(2, "", (call) => bulk(word(call, 1))),
  auth: command(-2, "a", auth),
  hello: command(-1, "a", hello),
  quit: command(-1, "a", (call) => {
    call.session.over = true;
    return OK;
  }),
  reset: command(1, "a", (call) => reset(call.session)),
  client: command(-2, "", client),
  publish: command(3, "", () => integer(0)),
  spublish: command(3, "", () => integer(0)),
  subscribe: command(-2, "", subscription(false)),
  psubscribe: command(-2, "", subscription(false)),
  unsubscribe: command(-1, "", subscription(true)),
  punsubscribe: command(-1, "", subscription(true)),
  pubsub: command(-2, "", pubsub),
  monitor: command(1, "", () => OK),
};
