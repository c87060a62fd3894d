/** Values of options that take one, by their letter or name; the rest are words. */
export function options(argv: readonly string[], valued: readonly string[]): { readonly values: Readonly<Record<string, string>>; readonly flags: ReadonlySet<string>; readonly words: readonly string[] } {
  const values: Record<string, string> = {};
  const flags = new Set<string>();
  const words: string[] = [];
  for (let i = 1; i < argv.length; i += 1) {
    const arg = argv[i] ?? "";
    const glued = valued.find((name) => (name.startsWith("--") ? arg.startsWith(`${name}=`) : arg.startsWith(name) && arg.length > name.length));
    if (valued.includes(arg)) values[arg] = argv[(i += 1)] ?? "";
    else if (glued !== undefined) values[glued] = glued.startsWith("--") ? arg.slice(glued.length + 1) : arg.slice(glued.length);
    else if (arg.startsWith("-") && arg.length > 1) flags.add(arg);
    else words.push(arg);
  }
  return { values, flags, words };
}
