import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { LazyExercise } from "@/app/_course/lazy-bench";
import { ExerciseMark } from "@/app/_course/marks";
import { Difficulty } from "@/app/_mdx/exercise-card";
import { Icon } from "@/app/_ui/icon";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates, path } from "@/app/_ui/paths";
import { allExercises, exerciseFace, lessonById } from "@/lib/course/public";
import { taskText } from "@/lib/course/prose";

type Props = { params: Promise<{ locale: string; exercise: string }> };

export const dynamicParams = false;
export const generateStaticParams = () => allExercises().map(({ id }) => ({ exercise: id }));

async function exerciseOf(params: Props["params"]) {
  const locale = await pageLocale(params);
  const face = exerciseFace((await params).exercise);
  const lesson = face && lessonById(face.lesson);
  if (!face || !lesson) notFound();
  return { locale, face, lesson };
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, face } = await exerciseOf(params);
  return { title: face.title[locale], alternates: alternates(locale, () => ["exercise", face.id]) };
}

export default async function ExercisePage({ params }: Props) {
  const { locale, face, lesson } = await exerciseOf(params);
  const t = await getTranslations("exercise");
  const text = await taskText(face.id, locale);
  return (
    <div className="flex min-h-[calc(100dvh-4rem)] flex-col">
      <div className="flex flex-wrap items-center gap-x-5 gap-y-1 border-b border-line px-4 py-2 sm:px-6">
        <Link href={path(locale, lesson.slug[locale])} className="quiet-link flex min-h-11 items-center gap-1 text-sm text-ink-soft" title={t("back")}>
          <Icon name="previous" size={16} />
          <span className="sr-only">{t("back")}: </span>
          {lesson.title[locale]}
        </Link>
        <h1 className="basis-64 grow text-lg font-bold leading-snug">{face.title[locale]}</h1>
        <Difficulty level={face.difficulty} label={t("difficulty", { level: face.difficulty })} />
        <ExerciseMark exercise={face.id} words={{ done: t("solved"), started: t.raw("started") as string }} />
      </div>
      <noscript>
        <p className="p-6">{t("noScript")}</p>
      </noscript>
      <div className="flex grow flex-col">
        <LazyExercise
          exerciseId={face.id}
          locale={locale}
          loading={t("loading")}
          task={<div className="prose">{text && <text.default />}</div>}
        />
      </div>
    </div>
  );
}
