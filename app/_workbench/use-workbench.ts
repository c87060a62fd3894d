"use client";
import { useEffect, useState, useSyncExternalStore } from "react";
import { createSession, type BenchState, type Session, type SessionOptions } from "./session";

/** A bench and its state, for a component and what it holds. */
export interface Bench {
  readonly session: Session;
  readonly state: BenchState;
}

/** Opens a bench for as long as the component lives. The options are read once: give the component a `key` for another bench. */
export function useWorkbench(options: SessionOptions): Bench {
  const [session] = useState(() => createSession(options));
  useEffect(() => session.start(), [session]);
  const state = useSyncExternalStore(session.subscribe, session.state, session.state);
  return { session, state };
}
