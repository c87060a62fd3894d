import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import type { ComponentProps } from "react";
import { Contents } from "@/app/_course/contents";
import { LessonHead, LessonNeighbours } from "@/app/_course/lesson-head";
import { Visit } from "@/app/_course/visit";
import { FinePrint, Live } from "@/app/_mdx/live";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates, path } from "@/app/_ui/paths";
import { allLessons, lessonBySlug, type Lesson } from "@/lib/course/public";
import { lessonText } from "@/lib/course/prose";
import { isLocale, type Locale } from "@/lib/text";

type Props = { params: Promise<{ locale: string; lesson: string }> };

export const dynamicParams = false;

export function generateStaticParams({ params }: { params: { locale: string } }) {
  const { locale } = params;
  return isLocale(locale) ? allLessons().map((lesson) => ({ lesson: lesson.slug[locale] })) : [];
}

async function lessonOf(params: Props["params"]): Promise<{ locale: Locale; lesson: Lesson }> {
  const locale = await pageLocale(params);
  const lesson = lessonBySlug(locale, (await params).lesson);
  if (!lesson) notFound();
  return { locale, lesson };
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { locale, lesson } = await lessonOf(params);
  return {
    title: lesson.title[locale],
    description: `${lesson.aims[locale].join(". ")}.`,
    alternates: alternates(locale, (each) => [lesson.slug[each]]),
    ...(lesson.folder === null ? { robots: { index: false } } : {}),
  };
}

export default async function LessonPage({ params }: Props) {
  const { locale, lesson } = await lessonOf(params);
  const text = await lessonText(lesson.id, locale);
  if (!text) return <Unwritten lesson={lesson} locale={locale} />;
  const { default: Content, toc } = text;
  return (
    <div className="mx-auto grid w-full max-w-7xl grid-cols-[minmax(0,1fr)] gap-x-12 px-4 py-10 sm:px-6 sm:py-12 lg:grid-cols-[14rem_minmax(0,1fr)]">
      <div>
        <Contents toc={toc} />
      </div>
      <article className="max-w-[46rem]">
        <LessonHead lesson={lesson} />
        <div className="prose mt-8">
          <Content
            components={{
              Live: (props: { scene: string }) => <Live {...props} lesson={lesson.id} />,
              FinePrint: (props: Omit<ComponentProps<typeof FinePrint>, "lesson">) => <FinePrint {...props} lesson={lesson.id} />,
            }}
          />
        </div>
        <Visit lesson={lesson.id} />
        <LessonNeighbours lesson={lesson} />
      </article>
    </div>
  );
}

/** A lesson that has its place and its aims, and no text yet. */
async function Unwritten({ lesson, locale }: { lesson: Lesson; locale: Locale }) {
  const t = await getTranslations("lesson");
  return (
    <article className="mx-auto w-full max-w-3xl px-4 py-12 sm:px-6">
      <LessonHead lesson={lesson} />
      <section className="mt-8 rounded-md border border-dashed border-line-strong p-5 sm:p-6">
        <h2 className="text-xl font-bold">{t("unwrittenTitle")}</h2>
        <p className="mt-2">{t("unwrittenText")}</p>
        <ul className="mt-3 grid gap-1">
          {allLessons().filter(({ folder }) => folder !== null).map((one) => (
            <li key={one.id}>
              <Link className="link" href={path(locale, one.slug[locale])}>
                {one.title[locale]}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <LessonNeighbours lesson={lesson} />
    </article>
  );
}
