import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { NewClass } from "@/app/_teach/new-class";
import { forTeachers } from "@/app/_teach/teacher";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { path } from "@/app/_ui/paths";
import { When } from "@/app/_ui/when";
import { classesOf } from "@/lib/classroom";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await pageLocale(params);
  const t = await getTranslations("teach");
  return { title: t("title"), robots: { index: false } };
}

export default async function TeachPage({ params }: Props) {
  const locale = await pageLocale(params);
  return forTeachers(locale, ["teach"], async (user) => {
    const t = await getTranslations("teach");
    const classes = await classesOf(user);
    return (
      <Page title={t("title")} intro={t("intro")}>
        {classes.length === 0 ? (
          <p className="rounded-md border border-dashed border-line-strong p-5">{t("empty")}</p>
        ) : (
          <ul className="border-t border-line">
            {classes.map((one) => (
              <li key={one.id} className="flex flex-wrap items-baseline gap-x-6 gap-y-1 border-b border-line py-4">
                <Link href={path(locale, "teach", one.id)} className="link grow text-lg font-semibold">
                  {one.name}
                </Link>
                <span className="text-ink-soft">{t("students", { count: one.students })}</span>
                <span className="text-sm text-ink-faint">
                  <When iso={one.createdAt} locale={locale} />
                </span>
              </li>
            ))}
          </ul>
        )}
        <section className="mt-12" aria-labelledby="new-class">
          <h2 id="new-class" className="mb-4 text-xl font-bold">
            {t("create")}
          </h2>
          <NewClass locale={locale} words={{ name: t("newName"), hint: t("newHint"), create: t("create"), failed: t("createFailed"), needName: t("needName") }} />
        </section>
      </Page>
    );
  });
}
