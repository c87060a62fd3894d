import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { orNotFound } from "@/app/_account/required";
import { LazyReplay } from "@/app/_course/lazy-bench";
import { forTeachers } from "@/app/_teach/teacher";
import { Icon } from "@/app/_ui/icon";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { When } from "@/app/_ui/when";
import { attempt, type Attempt } from "@/lib/classroom";
import { exerciseFace } from "@/lib/course/public";
import type { Locale } from "@/lib/text";

type Props = { params: Promise<{ locale: string; attempt: string }> };

export const dynamicParams = true;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await pageLocale(params);
  const t = await getTranslations("teach");
  return { title: t("replayTitle"), robots: { index: false } };
}

export default async function AttemptPage({ params }: Props) {
  const locale = await pageLocale(params);
  const id = (await params).attempt;
  return forTeachers(locale, ["teach", "attempts", id], async (user) => {
    const t = await getTranslations();
    const one = await orNotFound(attempt(user, id));
    return (
      <Page title={exerciseFace(one.exercise)?.title[locale] ?? one.exercise} intro={t("teach.replayIntro")} wide>
        <p className="mb-6 flex flex-wrap items-center gap-x-6 gap-y-1 text-ink-soft">
          <span className="font-semibold text-ink">{one.student.name}</span>
          <When iso={one.createdAt} locale={locale} />
          <span className={`inline-flex items-center gap-1 ${one.passed ? "text-success" : ""}`}>
            <Icon name={one.passed ? "check" : "half"} size={16} />
            {t(one.passed ? "teach.solvedState" : "teach.triedState")} · {`${one.score} / ${one.maxScore}`}
          </span>
          <span className="text-sm text-ink-faint">{t("teach.versions", { engine: one.engineVersion, content: one.contentVersion })}</span>
        </p>
        <div className="flex min-h-[36rem] flex-col rounded-md border border-line-strong bg-surface">
          <LazyReplay answer={one.answer} locale={locale} loading={t("exercise.loading")} />
        </div>
        <Results report={one.report} locale={locale} />
      </Page>
    );
  });
}

async function Results({ report, locale }: { report: Attempt["report"]; locale: Locale }) {
  const t = await getTranslations("teach");
  return (
    <section aria-labelledby="results" className="mt-10 max-w-3xl">
      <h2 id="results" className="mb-3 text-2xl font-bold">
        {t("result")}
      </h2>
      <ul className="border-t border-line">
        {report.results.map(({ check, title, points, earned, finding }) => (
          <li key={check} className="grid grid-cols-[1.5rem_1fr_auto] gap-x-3 border-b border-line py-3">
            <span className={finding.passed ? "text-success" : "text-danger"}>
              <Icon name={finding.passed ? "check" : "half"} />
            </span>
            <div>
              <p className="font-semibold">
                <span className="sr-only">{t(finding.passed ? "solvedState" : "triedState")}: </span>
                {title[locale]}
              </p>
              {!finding.passed && <p className="text-ink-soft">{finding.message[locale]}</p>}
            </div>
            <span className="tabular-nums text-ink-soft">{`${earned} / ${points}`}</span>
          </li>
        ))}
      </ul>
      {report.stopped && <p className="mt-4 text-danger">{report.stopped.message[locale]}</p>}
    </section>
  );
}
