import { useLocale, useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Icon } from "@/app/_ui/icon";
import { LazyScene } from "./live-scene";
import { Proof } from "./proof";

/** The words of a diagram that loads by itself. */
function useLiveWords() {
  const t = useTranslations("lesson");
  return { loading: t("liveLoading"), failed: t("liveFailed"), retry: t("retry") };
}

/** A picture of the notes, alive. `scene` is a file of the lesson's `scenes/`; `lesson` comes from the page. */
export function Live({ scene, lesson }: { scene: string; lesson: string }) {
  const t = useTranslations("lesson");
  const locale = useLocale();
  const words = useLiveWords();
  return (
    <figure aria-label={t("live")} className="wide rounded-md border border-line-strong bg-surface">
      <LazyScene scene={`${lesson}/${scene}`} locale={locale} words={words} />
    </figure>
  );
}

/** Where the notes simplify: what is exact, why it matters, and the proof run in a cluster. */
export function FinePrint({ id, proof, lesson, children }: { id: string; proof?: string; lesson: string; children: ReactNode }) {
  const t = useTranslations("lesson");
  const locale = useLocale();
  const live = useLiveWords();
  return (
    <aside id={id.toLowerCase()} aria-label={`${t("fineprint")} ${id}`} className="scroll-mt-20 rounded-md border border-line border-l-4 border-l-signal bg-signal-wash p-5 sm:p-6">
      <p className="mb-3 flex items-center gap-2 font-semibold text-signal">
        <Icon name="lens" />
        {t("fineprint")}
        <span className="ml-auto text-sm font-normal text-ink-faint">{id}</span>
      </p>
      <div className="flow">{children}</div>
      {proof && <Proof scene={`${lesson}/${proof}`} locale={locale} live={live} words={{ run: t("fineprintProof"), hide: t("fineprintClose") }} />}
    </aside>
  );
}
