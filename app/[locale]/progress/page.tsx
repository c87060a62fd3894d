import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { ProgressView } from "@/app/_course/progress-view";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates, path } from "@/app/_ui/paths";
import { allLessons } from "@/lib/course/public";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = await pageLocale(params);
  const t = await getTranslations("progress");
  return { title: t("title"), description: t("intro"), alternates: alternates(locale, () => ["progress"]) };
}

export default async function ProgressPage({ params }: Props) {
  const locale = await pageLocale(params);
  const t = await getTranslations("progress");
  const lessons = allLessons().filter(({ folder }) => folder !== null).map((lesson) => ({
    id: lesson.id,
    title: lesson.title[locale],
    href: path(locale, lesson.slug[locale]),
    exercises: lesson.exercises.map(({ id, title, maxScore }) => ({ id, title: title[locale], href: path(locale, "exercise", id), maxScore })),
  }));
  const keys = ["guest", "account", "empty", "emptyAction", "loading", "error", "solved", "points", "lessons", "exercise", "state", "score", "attempts", "last"] as const;
  const words = {
    ...Object.fromEntries(keys.map((key) => [key, t(key)])),
    untried: t("states.untried"),
    started: t("states.started"),
    solvedState: t("states.solved"),
    retry: (await getTranslations("lesson"))("retry"),
  };
  return (
    <Page title={t("title")} intro={t("intro")}>
      <ProgressView lessons={lessons} locale={locale} words={words} />
    </Page>
  );
}
