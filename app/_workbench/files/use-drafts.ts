"use client";
import { useCallback, useEffect, useRef, useState } from "react";
import { keep, readKept } from "../journal-store";
import type { Session } from "../session";
import type { BenchState } from "../session";

/** Texts typed and not yet on the bench's disk, by path. Kept in this browser; saved when it matters. */
export interface Drafts {
  readonly texts: { readonly [path: string]: string };
  write(path: string, text: string): void;
  forget(path: string): void;
  forgetAll(): void;
  /** Puts one draft on the disk, or all of them. */
  save(path?: string): Promise<void>;
}

const PAUSE = 600;

/** The drafts of a bench. */
export function useDrafts(session: Session, state: BenchState, keepAs: string | undefined): Drafts {
  const [texts, setTexts] = useState<Drafts["texts"]>(() => (keepAs === undefined ? {} : readKept(keepAs).drafts));
  const latest = useRef({ texts, files: state.view.files });
  useEffect(() => {
    latest.current = { texts, files: state.view.files };
  });
  useEffect(() => {
    if (keepAs === undefined) return;
    const later = setTimeout(() => keep(keepAs, { inputs: readKept(keepAs).inputs, drafts: texts }), PAUSE);
    return () => clearTimeout(later);
  }, [texts, keepAs]);
  const put = useCallback((change: (before: Drafts["texts"]) => Drafts["texts"]): void => {
    const next = change(latest.current.texts);
    latest.current = { ...latest.current, texts: next };
    setTexts(next);
  }, []);
  const write = useCallback(
    (path: string, text: string): void => put((before) => (latest.current.files?.[path] === text ? without(before, path) : { ...before, [path]: text })),
    [put],
  );
  const save = useCallback(
    async (path?: string): Promise<void> => {
      const all = Object.entries(latest.current.texts);
      for (const [name, text] of all) {
        if (path !== undefined && name !== path) continue;
        const reply = await session.send({ type: "save-file", path: name, text });
        if (reply && reply.refused === undefined) put((before) => (before[name] === text ? without(before, name) : before));
      }
    },
    [session, put],
  );
  const forget = useCallback((path: string): void => put((before) => without(before, path)), [put]);
  const forgetAll = useCallback((): void => put(() => ({})), [put]);
  return { texts, write, forget, forgetAll, save };
}

function without(texts: Drafts["texts"], path: string): Drafts["texts"] {
  return Object.fromEntries(Object.entries(texts).filter(([name]) => name !== path));
}
