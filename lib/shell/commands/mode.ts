/** Permission bits as `chmod` and `find -perm` are told them. */

const PLACES: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
/** What is masked when nobody is named: others' writing. */
const UMASK = 0o022;

/** The mode a text makes of another; undefined when it is none. */
export function changeMode(text: string, current: number, isDirectory: boolean): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) return parseInt(text, 8) & 0o7777;
  let mode = current;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (!match) return undefined;
    const who = match[1] === "" || match[1]?.includes("a") ? "ugo" : (match[1] ?? "");
    for (const [, op = "", letters = ""] of (match[2] ?? "").matchAll(/([-+=])([ugo]|[rwxXst]*)/g)) mode = applied(mode, who, op, letters, match[1] === "", isDirectory);
  }
  return mode;
}

function applied(mode: number, who: string, op: string, letters: string, isMasked: boolean, isDirectory: boolean): number {
  const copied = /^[ugo]$/.test(letters) ? (mode >> (PLACES[letters] ?? 0)) & 7 : undefined;
  const runs = letters.includes("x") || (letters.includes("X") && (isDirectory || (mode & 0o111) !== 0));
  const bits = copied ?? ((letters.includes("r") ? 4 : 0) | (letters.includes("w") ? 2 : 0) | (runs ? 1 : 0));
  let wanted = 0;
  // In files `=` also takes away what is special; directories keep it.
  let cleared = isDirectory ? 0 : (who.includes("u") ? 0o4000 : 0) | (who.includes("g") ? 0o2000 : 0) | (who === "ugo" ? 0o1000 : 0);
  for (const one of who) {
    const shift = PLACES[one] ?? 0;
    wanted |= bits << shift;
    cleared |= 7 << shift;
    if (letters.includes("s") && one !== "o") wanted |= one === "u" ? 0o4000 : 0o2000;
  }
  if (letters.includes("t")) wanted |= 0o1000;
  if (isMasked) wanted &= ~UMASK;
  if (op === "+") return mode | wanted;
  return op === "-" ? mode & ~wanted : (mode & ~cleared) | wanted;
}
