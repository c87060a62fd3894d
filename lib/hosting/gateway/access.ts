/** Who asks. */
import type { IncomingHttpHeaders } from "node:http";
import { createHash, timingSafeEqual } from "node:crypto";
import type { UserInfo } from "@/lib/rest";

/** Who may enter, and as whom. */
export interface Access {
  /** The token itself, or the hex SHA-256 of one that only its owner knows. */
  readonly token: string | { readonly sha256: string };
  readonly user: UserInfo;
  /** Lets in whoever shows no token: only for plain HTTP on this machine, where kubectl never sends one. */
  readonly open: boolean;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const expected = (token: Access["token"]): Buffer => (typeof token === "string" ? digest(token) : Buffer.from(token.sha256, "hex"));

/** The user a request comes from, or `undefined` when it is not let in. Who is let in may act as somebody else. */
export function userOf(headers: IncomingHttpHeaders, { token, user, open }: Access): UserInfo | undefined {
  const sent = headers.authorization;
  if (sent === undefined) return open ? impersonated(headers, user) : undefined;
  const [scheme = "", value = ""] = sent.split(/\s+/);
  if (scheme.toLowerCase() !== "bearer" || !timingSafeEqual(digest(value), expected(token))) return undefined;
  return impersonated(headers, user);
}

function impersonated(headers: IncomingHttpHeaders, user: UserInfo): UserInfo {
  const name = headers["impersonate-user"];
  if (typeof name !== "string" || name === "") return user;
  const groups = headers["impersonate-group"];
  const listed = groups === undefined ? [] : Array.isArray(groups) ? groups : groups.split(", ");
  return { name, groups: [...listed, "system:authenticated"] };
}
