"use client";
import { useEffect, useRef } from "react";
import { noteVisit } from "./progress";

/** Lies at the end of a lesson: notes that it was opened, and, once in sight, that it was read to its end. */
export function Visit({ lesson }: { lesson: string }) {
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void noteVisit(lesson, "started");
    const element = end.current;
    if (!element) return;
    const sight = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      sight.disconnect();
      void noteVisit(lesson, "done");
    });
    sight.observe(element);
    return () => sight.disconnect();
  }, [lesson]);
  return <div ref={end} data-awaits="end" />;
}
