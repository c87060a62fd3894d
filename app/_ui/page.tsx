import type { ReactNode } from "react";

/** A page's column with its title and a sentence. `wide` for tables and benches. */
export function Page({ title, intro, wide = false, children }: { title: string; intro?: string; wide?: boolean; children: ReactNode }) {
  return (
    <div className={`mx-auto w-full px-4 py-10 sm:px-6 sm:py-14 ${wide ? "max-w-7xl" : "max-w-4xl"}`}>
      <h1 className="text-3xl font-bold sm:text-4xl">{title}</h1>
      {intro && <p className="reading mt-3 text-lg text-ink-soft">{intro}</p>}
      <div className="mt-8">{children}</div>
    </div>
  );
}
