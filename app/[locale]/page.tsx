import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { Chart } from "@/app/_course/chart";
import { LazyHomeCluster } from "@/app/_home/home-cluster";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates, path } from "@/app/_ui/paths";
import { allLessons, courseMap } from "@/lib/course/public";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = await pageLocale(params);
  const t = await getTranslations();
  return { title: { absolute: `${t("site.name")}: ${courseMap().subtitle[locale]}` }, alternates: alternates(locale, () => []) };
}

export default async function Home({ params }: Props) {
  const locale = await pageLocale(params);
  const t = await getTranslations();
  const written = allLessons().filter(({ folder }) => folder !== null);
  const first = written[0];
  return (
    <div className="mx-auto w-full max-w-7xl px-4 sm:px-6">
      <section className="pb-10 pt-12 sm:pt-20">
        <h1 className="max-w-3xl text-4xl font-bold sm:text-5xl">{t("home.title")}</h1>
        <p className="reading mt-5 text-xl text-ink-soft">{t("home.sentence")}</p>
        <div className="mt-7 flex flex-wrap gap-3">
          {first && (
            <Link href={path(locale, first.slug[locale])} className="button">
              {t("home.start")}
            </Link>
          )}
          <Link href={path(locale, "course")} className="button button-quiet">
            {t("home.openMap")}
          </Link>
        </div>
      </section>
      <section aria-labelledby="cluster">
        <div className="mb-4 flex flex-wrap items-baseline gap-x-6 gap-y-1">
          <h2 id="cluster" className="text-2xl font-bold">
            {t("home.clusterTitle")}
          </h2>
          <p className="reading text-ink-soft">{t("home.clusterHint")}</p>
        </div>
        <div className="rounded-md border border-line-strong bg-surface">
          <LazyHomeCluster locale={locale} loading={t("lesson.liveLoading")} />
        </div>
      </section>
      <section aria-labelledby="chart" className="py-16">
        <h2 id="chart" className="text-2xl font-bold">
          {t("home.mapTitle")}
        </h2>
        <p className="reading mb-6 mt-1 text-ink-soft">
          {t("home.mapIntro", { lessons: allLessons().length, modules: courseMap().modules.length, written: written.length })}
        </p>
        <Chart />
      </section>
    </div>
  );
}
