"use client";
import { useEffect, useRef, type ReactNode } from "react";

/** A button that discloses a small panel. Native `<details>`, plus what it lacks: Escape, a click outside and leaving by Tab close it. */
export function Menu({ label, children, className = "" }: { label: ReactNode; children: ReactNode; className?: string }) {
  const box = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const leave = (event: Event) => {
      const details = box.current;
      if (details?.open && event.target instanceof Node && !details.contains(event.target)) details.open = false;
    };
    const escape = (event: KeyboardEvent) => {
      const details = box.current;
      if (event.key !== "Escape" || !details?.open) return;
      details.open = false;
      details.querySelector("summary")?.focus();
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    document.addEventListener("keydown", escape);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
      document.removeEventListener("keydown", escape);
    };
  }, []);
  return (
    <details ref={box} className={`relative ${className}`}>
      <summary className="flex min-h-11 items-center gap-1.5 rounded px-2 hover:bg-sunken">{label}</summary>
      <div className="absolute right-0 z-30 mt-1 min-w-48 rounded-md border border-line-strong bg-surface p-1.5 shadow-lg">{children}</div>
    </details>
  );
}
