import type { ReactNode } from "react";

/** A page that leads nowhere says so, says why, and offers a way on. */
export function DeadEnd({ code, title, text, children }: { code?: string; title: string; text: string; children: ReactNode }) {
  return (
    <div className="mx-auto grid w-full max-w-3xl grow content-center px-4 py-20 sm:px-6">
      {code && <p className="font-mono text-ink-faint">{code}</p>}
      <h1 className="mt-1 text-4xl font-bold">{title}</h1>
      <p className="reading mt-4 text-lg text-ink-soft">{text}</p>
      <div className="mt-7 flex flex-wrap gap-3">{children}</div>
    </div>
  );
}
