import { useTranslations } from "next-intl";

/** A lesson's contents: a list at the left on a wide screen, a closed disclosure above the text on a narrow one. */
export function Contents({ toc }: { toc: readonly { readonly id: string; readonly depth: number; readonly text: string }[] }) {
  const t = useTranslations("lesson");
  const list = (
    <ol className="grid gap-0.5 border-l border-line">
      {toc.map((heading) => (
        <li key={heading.id} className={heading.depth === 3 ? "pl-4" : ""}>
          <a href={`#${heading.id}`} className="-ml-px block border-l-2 border-transparent py-1 pl-4 text-[0.9375rem] leading-snug text-ink-soft hover:border-signal hover:text-ink">
            {heading.text}
          </a>
        </li>
      ))}
    </ol>
  );
  return (
    <nav aria-label={t("contents")} className="lg:h-full">
      <details className="mb-6 rounded-md border border-line lg:hidden">
        <summary className="flex min-h-11 items-center px-4 font-semibold">{t("contents")}</summary>
        <div className="px-4 pb-4">{list}</div>
      </details>
      <div className="sticky top-24 max-h-[calc(100dvh-7rem)] overflow-y-auto max-lg:hidden">
        <p className="mb-3 text-sm font-semibold text-ink-faint">{t("contents")}</p>
        {list}
      </div>
    </nav>
  );
}
