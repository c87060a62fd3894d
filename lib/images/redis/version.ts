/** What a tag says of the server in an image. */
export interface Version {
  readonly full: string;
  readonly major: number;
  /** Number of the file format. */
  readonly rdb: string;
}

const NEWEST: Readonly<Record<string, string>> = { "5": "5.0.14", "6": "6.2.20", "6.0": "6.0.20", "6.2": "6.2.20", "7": "7.4.6", "7.0": "7.0.15", "7.2": "7.2.11", "7.4": "7.4.6", "8": "8.2.2", "8.0": "8.0.4", "8.2": "8.2.2" };

/** The version a tag stands for: the newest of its line; a tag without a number is the newest of all. */
export function versionOf(tag: string): Version {
  const numbers = /^v?(\d+(?:\.\d+){0,2})/.exec(tag)?.[1] ?? "8";
  const full = NEWEST[numbers] ?? (numbers.split(".").length >= 3 ? numbers : [...numbers.split("."), "0", "0"].slice(0, 3).join("."));
  const major = Number(full.split(".")[0]);
  return { full, major, rdb: major >= 8 || full.startsWith("7.4") ? "0012" : major >= 7 ? "0011" : "0009" };
}
