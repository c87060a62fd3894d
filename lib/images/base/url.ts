/** Where a request goes. */
export interface Url {
  readonly text: string;
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly user?: string;
}

/** A URL as command-line clients read it, `http://` unless said; undefined when it is none they can speak to. */
export function parseUrl(text: string): Url | undefined {
  const match = /^(?:(https?):\/\/)?(?:([^@/\s]+)@)?(\[[0-9a-fA-F:.]+\]|[^/:?#\s[\]]+)(?::(\d{1,5}))?(\/[^\s#]*|\?[^\s#]*)?(?:#\S*)?$/.exec(text);
  if (!match) return undefined;
  const secure = match[1] === "https";
  const path = match[5] === undefined ? "/" : match[5].startsWith("?") ? `/${match[5]}` : match[5];
  const port = match[4] === undefined ? (secure ? 443 : 80) : Number(match[4]);
  const shown = `${match[1] ?? "http"}://${match[3]}${match[4] === undefined ? "" : `:${match[4]}`}${path}`;
  return { text: shown, secure, host: match[3] ?? "", port, path, ...(match[2] === undefined ? {} : { user: match[2] }) };
}

/** Where a `Location` leads from a URL; undefined when nowhere. */
export function redirected(from: Url, location: string): Url | undefined {
  if (/^https?:\/\//.test(location)) return parseUrl(location);
  const root = `${from.secure ? "https" : "http"}://${from.host}${from.port === (from.secure ? 443 : 80) ? "" : `:${from.port}`}`;
  return parseUrl(location.startsWith("/") ? `${root}${location}` : `${root}${from.path.replace(/[^/]*(\?.*)?$/, "")}${location}`);
}

/** Bytes of a text in UTF-8. */
export const byteLength = (text: string): number => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, "?")).replace(/%[0-9A-F]{2}/g, "x").length;
