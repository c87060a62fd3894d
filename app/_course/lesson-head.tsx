import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { Icon } from "@/app/_ui/icon";
import { path } from "@/app/_ui/paths";
import { lessonById, moduleOf, neighboursOf, type Lesson } from "@/lib/course/public";
import { stageNumber } from "./chart";
import { LessonMark } from "./marks";

/** Stage, title, time, what is needed first and what one will be able to do. */
export function LessonHead({ lesson }: { lesson: Lesson }) {
  const locale = useLocale();
  const t = useTranslations();
  const stage = moduleOf(lesson);
  const needs = lesson.needs.flatMap((id) => lessonById(id) ?? []);
  return (
    <header>
      <nav aria-label={t("lesson.breadcrumb")} className="eyebrow">
        <Link prefetch={false} className="quiet-link underline decoration-line-strong underline-offset-4" href={`${path(locale, "course")}#${stage.id.toLowerCase()}`}>
          {t("lesson.module", { number: stageNumber(stage), title: stage.title[locale] })}
        </Link>
      </nav>
      <h1 className="mt-2 text-4xl font-bold sm:text-[2.75rem]">{lesson.title[locale]}</h1>
      <p className="mt-4 flex flex-wrap items-center gap-x-6 gap-y-1 text-sm text-ink-soft">
        <span className="inline-flex items-center gap-1.5">
          <Icon name="clock" size={18} />
          <span className="sr-only">{t("lesson.time")}: </span>
          {t("lesson.minutes", { minutes: lesson.minutes })}
        </span>
        {lesson.folder !== null && (
          <span className="inline-flex items-center gap-1.5">
            <Icon name="bench" size={18} />
            {t("course.exercises", { count: lesson.exercises.length })}
          </span>
        )}
        <LessonMark exercises={lesson.exercises.map(({ id }) => id)} words={{ done: t("course.done"), started: t.raw("course.solvedOf") as string }} />
      </p>
      <div className="mt-6 grid gap-6 border-y border-line py-5 sm:grid-cols-[1.4fr_1fr]">
        <section>
          <h2 className="text-sm font-semibold text-ink-faint">{t("lesson.aims")}</h2>
          <ul className="mt-2 grid gap-1">
            {lesson.aims[locale].map((aim) => (
              <li key={aim} className="grid grid-cols-[1.25rem_1fr] gap-1">
                <span className="translate-y-1 text-signal">
                  <Icon name="check" size={16} />
                </span>
                {aim}
              </li>
            ))}
          </ul>
        </section>
        <section>
          <h2 className="text-sm font-semibold text-ink-faint">{t("lesson.needs")}</h2>
          {needs.length === 0 ? (
            <p className="mt-2">{t("lesson.nothingNeeded")}</p>
          ) : (
            <ul className="mt-2 grid gap-1">
              {needs.map((need) => (
                <li key={need.id}>
                  <Link className="link" href={path(locale, need.slug[locale])} prefetch={false}>
                    {need.title[locale]}
                  </Link>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </header>
  );
}

/** The lessons before and after in the recommended order. */
export function LessonNeighbours({ lesson }: { lesson: Lesson }) {
  const locale = useLocale();
  const t = useTranslations();
  const { previous, next } = neighboursOf(lesson);
  const card = "flex min-h-20 flex-col justify-center gap-1 rounded-md border border-line-strong bg-surface px-5 py-3 hover:border-signal hover:bg-signal-wash";
  const unwritten = (one: Lesson) => one.folder === null && <span className="text-sm text-ink-faint">{t("course.unwritten")}</span>;
  return (
    <nav aria-label={t("lesson.neighbours")} className="mt-14 grid gap-3 sm:grid-cols-2">
      {previous && (
        <Link href={path(locale, previous.slug[locale])} rel="prev" prefetch={false} className={card}>
          <span className="flex items-center gap-1 text-sm text-ink-faint">
            <Icon name="previous" size={16} /> {t("lesson.previous")}
          </span>
          <span className="font-semibold">{previous.title[locale]}</span>
          {unwritten(previous)}
        </Link>
      )}
      {next && (
        <Link href={path(locale, next.slug[locale])} rel="next" prefetch={false} className={`${card} sm:col-start-2 sm:items-end sm:text-right`}>
          <span className="flex items-center gap-1 text-sm text-ink-faint">
            {t("lesson.next")} <Icon name="next" size={16} />
          </span>
          <span className="font-semibold">{next.title[locale]}</span>
          {unwritten(next)}
        </Link>
      )}
    </nav>
  );
}
