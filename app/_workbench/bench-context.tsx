"use client";
import "./bench.css";
import { createContext, useContext, useEffect, type ReactNode } from "react";
import { benchEn } from "@/app/_i18n/bench-en";
import { benchEs, type BenchWords } from "@/app/_i18n/bench-es";
import type { Locale } from "@/lib/text";
import type { BenchState, Session } from "./session";
import type { Slice } from "./worker/view-model";

const WORDS: { readonly [L in Locale]: BenchWords } = { es: benchEs, en: benchEn };

/** What every part of a bench may look at and do. */
export interface BenchInReach {
  readonly session: Session;
  readonly state: BenchState;
  readonly locale: Locale;
  readonly words: BenchWords;
}

const Reach = createContext<BenchInReach | null>(null);

/** The bench's words in a language. */
export function benchWords(locale: Locale): BenchWords {
  return WORDS[locale];
}

/** A word with its `{places}` filled. */
export function fill(template: string, values: { readonly [name: string]: string | number }): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** Puts a bench within reach of what it holds. */
export function BenchInReach({ session, state, locale, children }: { session: Session; state: BenchState; locale: Locale; children: ReactNode }) {
  return <Reach value={{ session, state, locale, words: WORDS[locale] }}>{children}</Reach>;
}

/** The bench around a component. */
export function useBench(): BenchInReach {
  const reach = useContext(Reach);
  if (!reach) throw new Error("a part of the bench stands outside of one");
  return reach;
}

/** Has these slices worked out while the component is there. One view at a time is shown, so the last one to ask is right. */
export function useSlices(slices: readonly Slice[]): void {
  const { session, state } = useBench();
  const key = slices.join(" ");
  const ready = state.status === "ready";
  useEffect(() => {
    if (ready) session.watch(key === "" ? [] : (key.split(" ") as Slice[]));
  }, [session, key, ready]);
}
