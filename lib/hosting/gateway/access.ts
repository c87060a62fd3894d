/** Who asks. */
import type { IncomingHttpHeaders } from "node:http";
import { createHash, timingSafeEqual } from "node:crypto";
import { ANONYMOUS, type UserInfo } from "@/lib/rest";

/** Who may enter, and as whom. */
export interface Access {
  /** The token itself, or the hex SHA-256 of one that only its owner knows. */
  readonly token: string | { readonly sha256: string };
  readonly user: UserInfo;
  /** Lets in whoever shows no token: only for plain HTTP on this machine, where kubectl never sends one. */
  readonly open: boolean;
  /** Takes whoever shows no token for `system:anonymous`, whom roles allow next to nothing; 401 unless said. */
  readonly anonymous?: boolean;
  /** Takes tokens of the cluster's service accounts for those accounts; 401 unless said. Whoever writes requests down must write down who made them first. */
  readonly accounts?: boolean;
}

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const expected = (token: Access["token"]): Buffer => (typeof token === "string" ? digest(token) : Buffer.from(token.sha256, "hex"));

/** Whose bearer token it is besides the owner's; `undefined` when it is nobody's. */
export type TokenReader = (token: string) => UserInfo | undefined;

/** Somebody who was let in. Only the owner may do what Kubernetes has no verb for. */
export interface Visitor {
  readonly user: UserInfo;
  readonly owner: boolean;
}

/** Who a request comes from, or `undefined` when it is not let in. */
export function userOf(headers: IncomingHttpHeaders, { token, user, open, anonymous = false, accounts = false }: Access, read: TokenReader): Visitor | undefined {
  const sent = headers.authorization;
  if (sent === undefined) return open ? { user, owner: true } : anonymous ? { user: ANONYMOUS, owner: false } : undefined;
  const [scheme = "", value = ""] = sent.split(/\s+/);
  if (scheme.toLowerCase() !== "bearer") return undefined;
  if (timingSafeEqual(digest(value), expected(token))) return { user, owner: true };
  const other = accounts ? read(value) : undefined;
  return other && { user: other, owner: false };
}
