import { command, type Commands } from "../model";
import { bulk, integer, type Reply } from "../reply";
import { connection } from "./connection";
import { expiries } from "./expiry";
import { hashes } from "./hashes";
import { keyCommands } from "./keys";
import { lists } from "./lists";
import { serverCommands } from "./server-commands";
import { sets } from "./sets";
import { sortedRanges } from "./sorted-ranges";
import { sortedSets } from "./sorted-sets";
import { groups } from "./groups";
import { scripts } from "./scripts";
import { streams } from "./streams";
import { bits, logLogs, strings } from "./strings";

const most: Commands = { ...strings, ...bits, ...logLogs, ...expiries, ...keyCommands, ...lists, ...hashes, ...sets, ...sortedSets, ...sortedRanges, ...streams,
  ...groups, ...scripts, ...connection, ...serverCommands };

/** Words that steer a transaction: they are never queued. */
export const TRANSACTION = new Set(["multi", "exec", "discard", "watch", "unwatch"]);

/** Every command but those of transactions, by its name in small letters. */
export const commands: Commands = {
  ...most,
  command: command(-1, "", ({ words }): Reply => {
    const verb = (words[1] ?? "").toUpperCase();
    const names = Object.keys(most);
    if (verb === "COUNT") return integer(names.length + TRANSACTION.size + 1);
    return verb === "LIST" ? names.map(bulk) : [];
  }),
};
