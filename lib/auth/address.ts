/**
 * The network address a request comes from, for limits only, never for trust.
 *
 * The last entry of `X-Forwarded-For`: what the nearest proxy (or the server itself) saw. Entries further left are the
 * client's own words.
 */
export function addressOf(headers: { get(name: string): string | null }): string {
  const last = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  return last ? last.slice(0, 64) : "unknown";
}
