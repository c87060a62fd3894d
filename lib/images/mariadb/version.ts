/** What a tag says of a MariaDB. */
export interface Version {
  readonly major: number;
  /** As the server prints it: `11.8.5`. */
  readonly full: string;
}

const LATEST_PATCH: Readonly<Record<string, string>> = { "10.3": "10.3.39", "10.4": "10.4.34", "10.5": "10.5.29", "10.6": "10.6.23", "10.11": "10.11.14", "11.4": "11.4.8", "11.8": "11.8.5", "12.0": "12.0.2" };
const NEWEST: Readonly<Record<string, string>> = { "10": "10.11", "11": "11.8", "12": "12.0" };

/** The version behind a tag: `11`, `11.4`, `10.11.6`, `lts`, `latest`. */
export function versionOf(tag: string): Version {
  const digits = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(tag);
  const [, major = tag.startsWith("latest") ? "12" : "11", minor, patch] = digits ?? [];
  const series = minor === undefined ? (NEWEST[major] ?? `${major}.0`) : `${major}.${minor}`;
  return { major: Number(major), full: patch === undefined ? (LATEST_PATCH[series] ?? `${series}.2`) : `${series}.${patch}` };
}
