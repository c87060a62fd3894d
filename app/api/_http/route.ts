import { addressOf, consume, currentUser, Refusal, unauthenticated, type CurrentUser } from "@/lib/auth";
import { text } from "@/lib/text";
import { readJson } from "./body";
import { refuseForeignOrigin } from "./origin";
import { refusalStatus } from "./refusal-status";

const SMALL_BODY_BYTES = 16 * 1024;

/** What a handler works with. `user` is null only where guests are let in. */
export interface Call<P, U extends CurrentUser | null> {
  readonly request: Request;
  readonly params: P;
  readonly user: U;
  readonly query: URLSearchParams;
  /** The body as JSON; {} for methods without one. */
  readonly body: unknown;
  readonly address: string;
}

/** A route's needs. Bodies over `maxBytes` (16 KiB unless said) are cut off with 413. */
export interface Needs {
  readonly maxBytes?: number;
}

type Handler<P> = (request: Request, context: { params: Promise<P> }) => Promise<Response>;
type Work<P, U extends CurrentUser | null> = (call: Call<P, U>) => Promise<unknown>;

/** A route for people who are signed in; others get 401 before anything is read. */
export function forUsers<P = Record<string, never>>(work: Work<P, CurrentUser>, needs: Needs = {}): Handler<P> {
  return handler(needs, (call) => {
    if (!call.user) throw unauthenticated();
    return work({ ...call, user: call.user });
  }, true);
}

/** A route guests may use too. */
export function forEverybody<P = Record<string, never>>(work: Work<P, CurrentUser | null>, needs: Needs = {}): Handler<P> {
  return handler(needs, work, false);
}

/**
 * The border of every route: origin, who, how often, body; then the work; then its answer as JSON that nobody caches.
 * A {@link Refusal} becomes `{error: {code, message: {es, en}}}` with its status; anything else is our mistake: logged,
 * answered with 500 and no details.
 */
function handler<P>(needs: Needs, work: Work<P, CurrentUser | null>, usersOnly: boolean): Handler<P> {
  return async (request, context) => {
    try {
      const changes = request.method !== "GET" && request.method !== "HEAD";
      if (changes) refuseForeignOrigin(request);
      const user = await currentUser();
      if (usersOnly && !user) throw unauthenticated();
      const address = addressOf(request.headers);
      if (user) await consume(changes ? "mutation" : "reading", user.id);
      else await consume(changes ? "guest-mutation" : "guest-reading", address);
      const body = changes ? await readJson(request, needs.maxBytes ?? SMALL_BODY_BYTES) : {};
      const query = new URL(request.url).searchParams;
      const result = await work({ request, params: await context.params, user, query, body, address });
      return result instanceof Response ? result : json(200, result ?? {});
    } catch (error) {
      return refusalResponse(error);
    }
  };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "cache-control": "private, no-store", "x-content-type-options": "nosniff", ...headers } });
}

/** The answer for whatever a handler threw. */
export function refusalResponse(error: unknown): Response {
  if (error instanceof Refusal) {
    const retry = error.retryAfterSeconds === undefined ? {} : { "retry-after": String(error.retryAfterSeconds) };
    return json(refusalStatus[error.kind], { error: { code: error.code, message: error.text } }, retry);
  }
  console.error("api:", error);
  const message = text("Algo ha fallado por nuestra parte. Vuelve a intentarlo.", "Something failed on our side. Try again.");
  return json(500, { error: { code: "request.failed", message } });
}
