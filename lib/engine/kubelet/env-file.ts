const BLANKS = /^[ \t]+/;

/** What a variable is set to in a file of `NAME='VALUE'` lines (`""` when it is not in it), or what is wrong with the file. */
export type EnvFileAnswer = { readonly value: string } | { readonly error: string };

const wrong = (line: number, what: string): EnvFileAnswer => ({ error: `invalid environment variable format at line ${line}: ${what}` });

/**
 * Looks a variable up in an env file: values are in single quotes and may span lines, as a POSIX shell would read them. The
 * file is read only as far as the variable: what is wrong behind it does not matter. Upstream: pkg/kubelet/util/env ParseEnv.
 */
export function variableIn(file: string, key: string): EnvFileAnswer {
  const lines = file.replace(/\n$/, "").split("\n").map((line) => line.replace(/\r$/, ""));
  for (let at = 0; at < lines.length; at += 1) {
    const line = (lines[at] as string).replace(BLANKS, "");
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = line.slice(0, Math.max(0, equals));
    const problem = equals === -1 ? "missing '='" : nameProblem(name);
    if (problem !== undefined) return wrong(at + 1, problem);
    let rest = line.slice(equals + 1);
    // For a shell the variable is empty then, and what follows a command of its own.
    if (BLANKS.test(rest)) {
      if (name === key) return { value: "" };
      continue;
    }
    if (!rest.startsWith("'")) return wrong(at + 1, "value must be enclosed in single quotes");
    const began = at + 1;
    rest = rest.slice(1);
    while (!rest.includes("'")) {
      at += 1;
      if (at >= lines.length) return { error: `invalid environment variable format starting at line ${began}: unclosed single quote` };
      rest += `\n${lines[at] as string}`;
    }
    const end = rest.indexOf("'");
    const behind = rest.slice(end + 1).replace(BLANKS, "");
    if (behind !== "" && !behind.startsWith("#")) return wrong(at + 1, "unexpected content after closing quote");
    if (name === key) return { value: rest.slice(0, end) };
  }
  return { value: "" };
}

function nameProblem(name: string): string | undefined {
  if (name.replace(/[ \t]+$/, "") === "") return "empty variable name";
  return /[ \t]$/.test(name) ? "whitespace before '=' is not allowed" : undefined;
}
