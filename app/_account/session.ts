"use client";
import { useSyncExternalStore } from "react";

/** Who is at the keyboard, as far as a static page can know: asked of the server once a visit. */
export interface Person {
  readonly name: string;
  readonly role: "STUDENT" | "TEACHER" | "ADMIN";
}
/** Undefined while we do not know yet; null for a guest. */
type Known = Person | null | undefined;

let known: Known;
let asked = false;
const listeners = new Set<() => void>();

async function ask(): Promise<void> {
  try {
    const answer = await fetch("/api/account", { headers: { accept: "application/json" } });
    const body: unknown = answer.ok ? await answer.json() : null;
    known = personIn(typeof body === "object" && body !== null && "user" in body ? body.user : null);
  } catch {
    known = null;
  }
  for (const listener of listeners) listener();
}

function personIn(body: unknown): Person | null {
  if (typeof body !== "object" || body === null) return null;
  const { name, role, email } = { ...body } as { name?: unknown; role?: unknown; email?: unknown };
  if (role !== "STUDENT" && role !== "TEACHER" && role !== "ADMIN") return null;
  return { name: typeof name === "string" && name !== "" ? name : String(email ?? ""), role };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (!asked) {
    asked = true;
    void ask();
  }
  return () => listeners.delete(listener);
}

/** The person of this visit. Undefined until the server has answered, so that nothing flickers. */
export function usePerson(): Known {
  return useSyncExternalStore(subscribe, () => known, () => undefined);
}
