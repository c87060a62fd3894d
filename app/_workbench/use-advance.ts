"use client";
import { useCallback } from "react";
import type { Input } from "@/lib/workbench";
import { useBench } from "./bench-context";

type Length = Extract<Input, { readonly type: "advance" }>["millis"];

/** Lets this many milliseconds of the cluster's time go by at once. */
export function useAdvance(): (millis: number) => Promise<unknown> {
  const { session } = useBench();
  return useCallback((millis: number) => session.send({ type: "advance", millis: millis as Length }), [session]);
}
