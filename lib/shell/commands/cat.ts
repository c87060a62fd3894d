import type { Command } from "../host";
import { filtered, linesOf, readArguments, readInputs, usesStdin } from "./files";

/** `cat [-n] [-b] [-A] [FILE…]` */
export const cat: Command = {
  name: "cat",
  readsStdin: (args) => usesStdin(readArguments(args, "nbeAuvtTE").operands),
  isLinewise: (args) => args.length === 0,
  run(args, io) {
    const { flags, operands } = readArguments(args, "nbeAuvtTE");
    const { inputs, errors } = readInputs("cat", operands, io);
    const text = inputs.map((input) => input.text).join("");
    const marks = flags.has("A") || flags.has("e") || flags.has("E");
    if (!flags.has("n") && !flags.has("b") && !marks) return filtered(text, errors);
    let number = 0;
    const shown = linesOf(text).map((line) => {
      const isNumbered = flags.has("b") ? line !== "" : flags.has("n");
      if (isNumbered) number += 1;
      const marked = marks ? `${line.replaceAll("\t", flags.has("A") ? "^I" : "\t")}$` : line;
      return `${isNumbered ? `${String(number).padStart(6)}\t` : ""}${marked}`;
    });
    return filtered(shown.length > 0 ? `${shown.join("\n")}${text.endsWith("\n") ? "\n" : ""}` : "", errors);
  },
};
