import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { path } from "@/app/_ui/paths";
import { courseMap, type Lesson, type Module } from "@/lib/course/public";
import { LessonMark } from "./marks";

/** The number of a stage, from its id. */
export function stageNumber(module: Module): string {
  return module.id.slice(1);
}

/** The chart of the voyage in small: a stage a row, a mark a lesson. Filled marks can be read today. */
export function Chart() {
  const locale = useLocale();
  const t = useTranslations("course");
  return (
    <ol className="border-t border-line">
      {courseMap().modules.map((module) => (
        <li key={module.id} className="grid gap-x-6 gap-y-2 border-b border-line py-4 sm:grid-cols-[16rem_1fr] sm:items-center">
          <Link href={`${path(locale, "course")}#${module.id.toLowerCase()}`} className="quiet-link flex items-baseline gap-3 font-semibold">
            <span className="w-5 font-mono text-sm font-normal text-ink-faint">{stageNumber(module)}</span>
            {module.title[locale]}
          </Link>
          <ol className="flex flex-wrap items-center gap-1.5 max-sm:pl-8">
            {module.lessons.map((lesson) => (
              <li key={lesson.id}>
                <ChartMark lesson={lesson} label={lesson.folder === null ? `${lesson.title[locale]} (${t("unwritten")})` : lesson.title[locale]} href={path(locale, lesson.slug[locale])} />
              </li>
            ))}
          </ol>
        </li>
      ))}
    </ol>
  );
}

function ChartMark({ lesson, label, href }: { lesson: Lesson; label: string; href: string }) {
  const look =
    lesson.folder === null
      ? "border-dashed border-line-strong text-ink-faint hover:border-solid"
      : "border-signal bg-signal text-on-signal font-semibold hover:bg-signal-strong";
  return (
    <Link href={href} prefetch={false} title={label} aria-label={label} className={`grid h-9 min-w-9 place-items-center rounded border px-1.5 font-mono text-xs ${look}`}>
      {Number(lesson.id.slice(1))}
    </Link>
  );
}

/** A lesson's row on the map. */
export function LessonRow({ lesson, core = false }: { lesson: Lesson; core?: boolean }) {
  const locale = useLocale();
  const t = useTranslations("course");
  const written = lesson.folder !== null;
  return (
    <div className="grid gap-x-4 py-3 sm:grid-cols-[2.5rem_1fr_auto] sm:items-baseline">
      <span className="font-mono text-sm text-ink-faint">{lesson.id}</span>
      <div>
        <Link href={path(locale, lesson.slug[locale])} prefetch={false} className={written ? "link font-semibold" : "quiet-link text-ink-soft"}>
          {lesson.title[locale]}
        </Link>
        <span className="flex flex-wrap gap-x-4 text-sm text-ink-faint">
          <span>{t("minutes", { minutes: lesson.minutes })}</span>
          {written && <span>{t("exercises", { count: lesson.exercises.length })}</span>}
          {core && <span>{t("core")}</span>}
          {lesson.needs.length > 0 && lesson.needs.length < 6 && (
            <span>
              {t("needs")} <Needs ids={lesson.needs} />
            </span>
          )}
        </span>
      </div>
      <span className="text-sm text-ink-faint">
        {written ? (
          <LessonMark exercises={lesson.exercises.map(({ id }) => id)} words={{ done: t("done"), started: t.raw("solvedOf") as string }} />
        ) : (
          <span className="rounded border border-dashed border-line-strong px-2 py-0.5">{t("unwritten")}</span>
        )}
      </span>
    </div>
  );
}

function Needs({ ids }: { ids: readonly string[] }) {
  return ids.map((id, i) => (
    <span key={id}>
      {i > 0 && ", "}
      <a href={`#${id.toLowerCase()}`} className="font-mono underline decoration-line-strong underline-offset-2 hover:text-ink">
        {id}
      </a>
    </span>
  ));
}
