import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LazySandbox } from "@/app/_course/lazy-bench";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates } from "@/app/_ui/paths";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = await pageLocale(params);
  const t = await getTranslations("sandbox");
  return { title: t("title"), description: t("intro"), alternates: alternates(locale, () => ["sandbox"]) };
}

export default async function SandboxPage({ params }: Props) {
  const locale = await pageLocale(params);
  const t = await getTranslations();
  return (
    <div className="flex min-h-[calc(100dvh-4rem)] flex-col">
      <div className="flex flex-wrap items-baseline gap-x-5 border-b border-line px-4 py-2.5 sm:px-6">
        <h1 className="text-lg font-bold">{t("sandbox.title")}</h1>
        <p className="text-sm text-ink-soft">{t("sandbox.intro")}</p>
      </div>
      <noscript>
        <p className="p-6">{t("exercise.noScript")}</p>
      </noscript>
      <div className="flex grow flex-col">
        <LazySandbox locale={locale} loading={t("exercise.loading")} />
      </div>
    </div>
  );
}
