import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { notFound } from "next/navigation";
import { orNotFound } from "@/app/_account/required";
import { forTeachers } from "@/app/_teach/teacher";
import { Icon } from "@/app/_ui/icon";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { path } from "@/app/_ui/paths";
import { When } from "@/app/_ui/when";
import { attemptsOf, classById, roster, type AttemptFace } from "@/lib/classroom";
import { exerciseFace } from "@/lib/course/public";
import type { Locale } from "@/lib/text";

type Props = { params: Promise<{ locale: string; class: string; student: string }>; searchParams: Promise<{ exercise?: string | string[] }> };

export const dynamicParams = true;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await pageLocale(params);
  const t = await getTranslations("teach");
  return { title: t("attempts"), robots: { index: false } };
}

export default async function StudentPage({ params, searchParams }: Props) {
  const locale = await pageLocale(params);
  const { class: classId, student: studentId } = await params;
  const { exercise } = await searchParams;
  const only = typeof exercise === "string" ? exercise : undefined;
  return forTeachers(locale, ["teach", classId, studentId], async (user) => {
    const t = await getTranslations("teach");
    const view = await orNotFound(classById(user, classId));
    const student = (await orNotFound(roster(user, classId))).find(({ id }) => id === studentId);
    if (!student) notFound();
    const attempts = await orNotFound(attemptsOf(user, studentId, only));
    return (
      <Page title={t("attemptsOf", { name: student.name || student.email })} wide>
        <p className="-mt-4 mb-8 flex flex-wrap gap-x-6 gap-y-1">
          <Link href={path(locale, "teach", classId)} className="link">
            {view.name}
          </Link>
          <span className="text-ink-soft">{student.email}</span>
          {only !== undefined && (
            <Link href={path(locale, "teach", classId, studentId)} className="link">
              {t("allAttempts")}
            </Link>
          )}
        </p>
        {attempts.length === 0 ? <p className="rounded-md border border-dashed border-line-strong p-5">{t("noAttempts")}</p> : <Attempts attempts={attempts} locale={locale} />}
      </Page>
    );
  });
}

async function Attempts({ attempts, locale }: { attempts: readonly AttemptFace[]; locale: Locale }) {
  const t = await getTranslations("teach");
  return (
    <div className="relative overflow-x-auto" tabIndex={0}>
      <table className="w-full min-w-[44rem] text-[0.9375rem]">
        <thead>
          <tr className="border-b-2 border-line-strong text-left text-sm text-ink-faint">
            <th scope="col" className="py-2 pr-4 font-semibold">{t("when")}</th>
            <th scope="col" className="py-2 pr-4 font-semibold">{t("exercise")}</th>
            <th scope="col" className="py-2 pr-4 font-semibold">{t("result")}</th>
            <th scope="col" className="py-2 pr-4 text-right font-semibold">{t("score")}</th>
            <th scope="col" className="py-2 pr-4 font-semibold">{t("failedChecks")}</th>
            <th scope="col" className="py-2 font-semibold">
              <span className="sr-only">{t("replay")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {attempts.map((one) => (
            <tr key={one.id} className="border-b border-line align-top">
              <td className="whitespace-nowrap py-3 pr-4">
                <When iso={one.createdAt} locale={locale} />
              </td>
              <td className="py-3 pr-4">{exerciseFace(one.exercise)?.title[locale] ?? one.exercise}</td>
              <td className="py-3 pr-4">
                <span className={`inline-flex items-center gap-1 whitespace-nowrap ${one.passed ? "text-success" : "text-ink-soft"}`}>
                  <Icon name={one.passed ? "check" : "half"} size={16} />
                  {t(one.passed ? "solvedState" : "triedState")}
                </span>
                {one.practice && <span className="block text-sm text-ink-faint">{t("practice")}</span>}
              </td>
              <td className="py-3 pr-4 text-right tabular-nums">{`${one.score} / ${one.maxScore}`}</td>
              <td className="py-3 pr-4 font-mono text-sm text-ink-soft">{one.failures.join(", ")}</td>
              <td className="py-2">
                <Link href={path(locale, "teach", "attempts", one.id)} prefetch={false} className="button button-quiet button-small">
                  {t("replay")}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
