"use client";
import { useSyncExternalStore } from "react";
import { send } from "@/app/_ui/send";

/** Who is at the keyboard, as far as a static page can know: asked of the server once a visit. */
export interface Person {
  readonly name: string;
  readonly role: "STUDENT" | "TEACHER" | "ADMIN";
}

const KNOWN = "timonel.known";

/** Leaves word for the next page that this browser has somebody, so that it asks who at once (scripts/lesson-loader.mjs). */
export function rememberSomebody(here: boolean): void {
  try {
    if (here) window.localStorage.setItem(KNOWN, "1");
    else window.localStorage.removeItem(KNOWN);
  } catch {
    // Kept nowhere: the next page asks at the first sign of life.
  }
}

let known: Person | null | undefined;
let asking: Promise<Person | null> | undefined;
const listeners = new Set<() => void>();

function personIn(body: unknown): Person | null {
  const user = typeof body === "object" && body !== null && "user" in body ? body.user : null;
  if (typeof user !== "object" || user === null) return null;
  const { name, role, email } = user as { name?: unknown; role?: unknown; email?: unknown };
  if (role !== "STUDENT" && role !== "TEACHER" && role !== "ADMIN") return null;
  return { name: typeof name === "string" && name !== "" ? name : String(email ?? ""), role };
}

/** The person of this visit, null for a guest (and when the server cannot be reached). Asks once, whoever calls. */
export function whoIsHere(): Promise<Person | null> {
  asking ??= send("GET", "/api/account").then((answer) => {
    known = answer.ok ? personIn(answer.body) : null;
    if (answer.ok) rememberSomebody(known !== null);
    for (const listener of listeners) listener();
    return known;
  });
  return asking;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  void whoIsHere();
  return () => listeners.delete(listener);
}

/** The person of this visit. Undefined until the server has answered, so that nothing flickers. */
export function usePerson(): Person | null | undefined {
  return useSyncExternalStore(subscribe, () => known, () => undefined);
}
