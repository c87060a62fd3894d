import { type Builtin, fail } from "./builtin";

/** Limits as a container of a stock runtime has them. Upstream: busybox `shell/shell_common.c`, ulimit. */
const LIMITS: readonly (readonly [letter: string, label: string, value: string])[] = [
  ["c", "core file size (blocks)", "unlimited"],
  ["d", "data seg size (kb)", "unlimited"],
  ["e", "scheduling priority", "0"],
  ["f", "file size (blocks)", "unlimited"],
  ["i", "pending signals", "31415"],
  ["l", "max locked memory (kb)", "8192"],
  ["m", "max memory size (kb)", "unlimited"],
  ["n", "open files", "1048576"],
  ["q", "POSIX message queues (bytes)", "819200"],
  ["r", "real-time priority", "0"],
  ["s", "stack size (kb)", "8192"],
  ["t", "cpu time (seconds)", "unlimited"],
  ["u", "max user processes", "unlimited"],
  ["v", "virtual memory (kb)", "unlimited"],
  ["x", "file locks", "unlimited"],
];

/**
 * `ulimit [-HSa] [-LETTER] [VALUE]`
 *
 * @simplified Limits that are set are kept and shown, also to what the shell starts in itself, but bind nobody.
 */
export const ulimit: Builtin = (machine, process, args) => {
  const valueOf = (letter: string, stock: string): string => process.limits?.[letter] ?? stock;
  let chosen = LIMITS.find(([letter]) => letter === "f");
  let shown = "";
  for (let i = 0; i < args.length; i += 1) {
    const arg = args[i] as string;
    if (!arg.startsWith("-")) {
      if (!chosen || !/^(\d{1,18}|unlimited|hard|soft)$/.test(arg)) return fail(machine, process, `ulimit: invalid number '${arg}'`);
      if (arg !== "hard" && arg !== "soft") process.limits = { ...process.limits, [chosen[0]]: arg };
      continue;
    }
    for (const letter of arg.slice(1)) {
      if (letter === "H" || letter === "S") continue;
      if (letter === "a") {
        for (const [own, label, stock] of LIMITS) machine.write(process, 1, `${label.padEnd(32)}(-${own}) ${valueOf(own, stock)}\n`);
        return 0;
      }
      chosen = LIMITS.find(([own]) => own === letter);
      if (!chosen) return fail(machine, process, `ulimit: unrecognized option: ${letter}`);
      const isSet = args[i + 1] !== undefined && !(args[i + 1] as string).startsWith("-");
      if (!isSet) shown += `${valueOf(chosen[0], chosen[2])}\n`;
    }
  }
  if (args.every((arg) => /^-[HS]*$/.test(arg)) && chosen) shown = `${valueOf(chosen[0], chosen[2])}\n`;
  machine.write(process, 1, shown);
  return 0;
};
