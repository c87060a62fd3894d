import type { RefusalKind } from "@/lib/auth";

/** The HTTP status of each kind of "no". */
export const refusalStatus: Readonly<Record<RefusalKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  unsupported: 415,
  "too-many": 429,
  busy: 503,
};
