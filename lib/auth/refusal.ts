import type { Text } from "@/lib/text";

/** Why something was not done, in the words the routes turn into HTTP. */
export type RefusalKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "conflict"
  | "too-large"
  | "unsupported"
  | "too-many"
  | "busy";

/**
 * A use case's "no", thrown from any depth and answered at the route's border: the server floor's sister of the engine's
 * `ApiError`. `code` is stable (`room.what-is-the-matter`), `message` is for the reader and holds no secrets.
 */
export class Refusal extends Error {
  constructor(
    readonly kind: RefusalKind,
    readonly code: string,
    readonly text: Text,
    /** Seconds to wait before trying again makes sense; only for `too-many` and `busy`. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${code}: ${text.en}`);
    this.name = "Refusal";
  }
}
