import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { LessonRow, stageNumber } from "@/app/_course/chart";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates } from "@/app/_ui/paths";
import { courseMap, lessonById } from "@/lib/course/public";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = await pageLocale(params);
  const t = await getTranslations("course");
  return { title: t("title"), description: t("intro"), alternates: alternates(locale, () => ["course"]) };
}

export default async function CoursePage({ params }: Props) {
  const locale = await pageLocale(params);
  const t = await getTranslations("course");
  const { modules, tracks, order } = courseMap();
  return (
    <Page title={t("title")} intro={t("intro")} wide>
      <div className="grid gap-12 lg:grid-cols-[1fr_22rem]">
        <div>
          <h2 className="sr-only">{t("byModule")}</h2>
          {modules.map((module) => (
            <section key={module.id} id={module.id.toLowerCase()} className="mb-10 scroll-mt-20">
              <h3 className="flex items-baseline gap-3 border-b-2 border-line-strong pb-2 text-xl font-bold">
                <span className="font-mono text-base font-normal text-ink-faint">{stageNumber(module)}</span>
                {module.title[locale]}
              </h3>
              <ol>
                {module.lessons.map((lesson) => (
                  <li key={lesson.id} id={lesson.id.toLowerCase()} className="scroll-mt-20 border-b border-line target:bg-signal-wash">
                    <LessonRow lesson={lesson} />
                  </li>
                ))}
              </ol>
            </section>
          ))}
        </div>
        <div>
          <h2 className="border-b-2 border-line-strong pb-2 text-xl font-bold">{t("tracks")}</h2>
          {[{ id: "order", title: null, aim: null, lessons: order, core: undefined }, ...tracks].map((track) => (
            <details key={track.id} className="group border-b border-line">
              <summary className="flex min-h-11 flex-wrap items-baseline gap-x-3 py-3 hover:bg-sunken">
                <span aria-hidden="true" className="text-ink-faint group-open:rotate-90">›</span>
                <span className="font-semibold">{track.title?.[locale] ?? t("order")}</span>
                <span className="ml-auto text-sm text-ink-faint">{t("trackLessons", { count: track.lessons.length })}</span>
                {track.aim && <span className="basis-full pl-5 text-sm text-ink-soft">{track.aim[locale]}</span>}
              </summary>
              <ol className="pb-4 pl-5">
                {track.lessons.map((id) => {
                  const lesson = lessonById(id);
                  return (
                    <li key={id} className={`flex gap-3 py-1 text-[0.9375rem] ${track.core?.includes(id) ? "font-semibold" : ""}`}>
                      <span className="font-mono text-sm font-normal leading-6 text-ink-faint">{id}</span>
                      <a href={`#${id.toLowerCase()}`} className="quiet-link">
                        {lesson?.title[locale] ?? id}
                      </a>
                    </li>
                  );
                })}
              </ol>
            </details>
          ))}
        </div>
      </div>
    </Page>
  );
}
