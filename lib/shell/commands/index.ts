import type { Command } from "../host";
import { cat } from "./cat";

const all: readonly Command[] = [cat];

/** Every text and file command we have, by name. */
export const allCommands: ReadonlyMap<string, Command> = new Map(all.map((command) => [command.name, command]));

/** Only the commands of these names: what an image has installed. */
export function commandsNamed(names: Iterable<string>): ReadonlyMap<string, Command> {
  const wanted = new Set(names);
  return new Map(all.filter(({ name }) => wanted.has(name)).map((command) => [command.name, command]));
}
