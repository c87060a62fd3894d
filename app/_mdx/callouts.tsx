import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Icon } from "@/app/_ui/icon";
import { KindGlyph } from "@/app/_ui/kind";

/** An aside that may be skipped. */
export function Note({ children }: { children: ReactNode }) {
  const t = useTranslations("lesson");
  return (
    <aside className="flow border-l-2 border-line-strong pl-4 text-ink-soft" aria-label={t("note")}>
      {children}
    </aside>
  );
}

/** What to take away from a lesson. */
export function Summary({ children }: { children: ReactNode }) {
  const t = useTranslations("lesson");
  return (
    <section aria-label={t("summary")} className="rounded-md border border-line-strong bg-surface p-5 sm:p-6">
      <p className="mb-3 flex items-center gap-2 font-semibold text-ink-soft">
        <Icon name="card" />
        {t("summary")}
      </p>
      <div className="flow">{children}</div>
    </section>
  );
}

/** A kind's glyph and its name, which is never translated. */
export function Kind({ name, children }: { name: string; children?: ReactNode }) {
  return (
    <span className="whitespace-nowrap font-medium">
      <span className="mr-[0.3em] inline-block translate-y-[0.16em] leading-none">
        <KindGlyph kind={name} size={17} />
      </span>
      {children ?? name}
    </span>
  );
}

/** A still picture with its caption. */
export function Figure({ caption, children }: { caption?: string; children: ReactNode }) {
  return (
    <figure>
      <div className="relative overflow-x-auto">{children}</div>
      {caption && <figcaption className="mt-2 text-sm text-ink-faint">{caption}</figcaption>}
    </figure>
  );
}
