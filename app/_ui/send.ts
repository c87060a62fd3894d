import type { Text } from "@/lib/text";

/** What came of a request: its body, or why not, in both languages when the server said. `status` is 0 without a connection. */
export type Sent<T> = { readonly ok: true; readonly body: T } | { readonly ok: false; readonly status: number; readonly code: string; readonly message: Text | null };

/** Speaks JSON with our own API. Never throws: having no connection is an answer too. */
export async function send<T = unknown>(method: "GET" | "POST" | "PATCH" | "DELETE", url: string, body?: unknown): Promise<Sent<T>> {
  try {
    const answer = await fetch(url, {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const parsed: unknown = await answer.json().catch(() => null);
    if (answer.ok) return { ok: true, body: parsed as T };
    return { ok: false, status: answer.status, ...refusalIn(parsed) };
  } catch {
    return { ok: false, status: 0, code: "request.offline", message: null };
  }
}

function refusalIn(body: unknown): { code: string; message: Text | null } {
  const error = typeof body === "object" && body !== null && "error" in body ? body.error : null;
  if (typeof error !== "object" || error === null) return { code: "request.failed", message: null };
  const { code, message } = error as { code?: unknown; message?: unknown };
  const text = typeof message === "object" && message !== null ? (message as Partial<Text>) : {};
  return {
    code: typeof code === "string" ? code : "request.failed",
    message: typeof text.es === "string" && typeof text.en === "string" ? { es: text.es, en: text.en } : null,
  };
}
