/** Where the site is served from, for absolute addresses in metadata and the site map. */
export function siteUrl(): URL {
  return new URL(process.env["SITE_URL"] ?? process.env["NEXTAUTH_URL"] ?? "http://localhost:3000");
}
