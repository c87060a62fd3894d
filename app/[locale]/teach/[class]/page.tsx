import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { orNotFound } from "@/app/_account/required";
import { LeaveClass } from "@/app/_account/settings";
import { Failures } from "@/app/_teach/failures";
import { GradeGrid, type GridRow } from "@/app/_teach/grade-grid";
import { Invitation } from "@/app/_teach/invitation";
import { RenewInvitation } from "@/app/_teach/renew";
import { forTeachers } from "@/app/_teach/teacher";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { path } from "@/app/_ui/paths";
import { When } from "@/app/_ui/when";
import { classById, commonFailures, gradeTable, type GradeTable } from "@/lib/classroom";
import type { Locale } from "@/lib/text";

type Props = { params: Promise<{ locale: string; class: string }> };

export const dynamicParams = true;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await pageLocale(params);
  const t = await getTranslations("teach");
  return { title: t("title"), robots: { index: false } };
}

export default async function ClassPage({ params }: Props) {
  const locale = await pageLocale(params);
  const id = (await params).class;
  return forTeachers(locale, ["teach", id], async (user) => {
    const t = await getTranslations("teach");
    const view = await orNotFound(classById(user, id));
    const [table, failures] = await Promise.all([gradeTable(user, id), commonFailures(user, id)]);
    return (
      <Page title={view.name} wide>
        <p className="-mt-4 mb-8 flex flex-wrap items-center gap-x-6">
          <Link href={path(locale, "teach")} className="link">
            {t("title")}
          </Link>
          <span className="text-ink-soft">{t("students", { count: view.students })}</span>
        </p>
        <section aria-labelledby="invite" className="rounded-md border border-line-strong bg-surface p-5">
          <h2 id="invite" className="text-lg font-bold">
            {t("invite")}
          </h2>
          <p className="mb-4 text-ink-soft">{t("inviteHint")}</p>
          <Invitation
            linkPath={path(locale, "join", view.inviteToken)}
            code={view.inviteCode}
            words={{ link: t("inviteLink"), code: t("inviteCode"), copy: t("copy"), copied: t("copied") }}
          />
          <RenewInvitation classId={id} label={t("renew")} hint={t("renewHint")} />
        </section>
        <section aria-labelledby="table" className="mt-12">
          <div className="mb-4 flex flex-wrap items-baseline gap-x-6 gap-y-2">
            <h2 id="table" className="text-2xl font-bold">
              {t("table")}
            </h2>
            <p className="grow text-ink-soft">{t("tableHint")}</p>
            <a href={`/api/classes/${encodeURIComponent(id)}/csv`} download className="button button-quiet button-small">
              {t("csv")}
            </a>
          </div>
          {table.rows.length === 0 ? (
            <p className="rounded-md border border-dashed border-line-strong p-5">{t("noStudents")}</p>
          ) : (
            <GradeGrid
              rows={gridRows(table, locale, t)}
              exercises={gridExercises(table, locale)}
              classPath={path(locale, "teach", id)}
              locale={locale}
              words={{ student: t("student"), lastSeen: t("lastSeen"), solved: t("solved"), never: t("never"), filter: t("filter"), caption: t("table") }}
            />
          )}
        </section>
        <section aria-labelledby="reasons" className="mt-12">
          <h2 id="reasons" className="mb-4 text-2xl font-bold">
            {t("reasons")}
          </h2>
          <Failures user={user} failures={failures} />
        </section>
        {table.rows.length > 0 && (
          <details className="mt-12 border-y border-line">
            <summary className="flex min-h-11 items-center gap-3 py-3 text-xl font-bold hover:bg-sunken">{t("roster")}</summary>
            <ul className="pb-4">
              {table.rows.map(({ student }) => (
                <li key={student.id} className="flex flex-wrap items-center gap-x-6 gap-y-1 border-t border-line py-2">
                  <span className="min-w-48 grow">
                    <span className="font-semibold">{student.name}</span> <span className="break-all text-ink-soft">{student.email}</span>
                  </span>
                  <span className="text-sm text-ink-faint">
                    {t("since")} <When iso={student.joinedAt} locale={locale} />
                  </span>
                  <LeaveClass classId={id} userId={student.id} label={t("remove")} />
                </li>
              ))}
            </ul>
          </details>
        )}
      </Page>
    );
  });
}

function gridExercises(table: GradeTable, locale: Locale) {
  return table.exercises.map(({ id, lesson, title }) => ({
    id,
    lesson,
    title: title[locale],
    number: table.exercises.filter((other) => other.lesson === lesson).findIndex((other) => other.id === id) + 1,
  }));
}

type Words = Awaited<ReturnType<typeof getTranslations<"teach">>>;

function gridRows(table: GradeTable, locale: Locale, t: Words): readonly GridRow[] {
  return table.rows.map(({ student, cells, lastSeen }) => ({
    id: student.id,
    name: student.name,
    email: student.email,
    lastSeen,
    solved: Object.values(cells).filter(({ state }) => state === "passed").length,
    squares: Object.fromEntries(
      table.exercises.flatMap(({ id, title }) => {
        const cell = Object.hasOwn(cells, id) ? cells[id] : undefined;
        if (!cell) return [];
        const { state, score, maxScore, attempts } = cell;
        const standing = state === "passed" ? t("cellSolved", { attempts }) : t("cellTried", { score, max: maxScore, attempts });
        return [[id, { state, score, maxScore, attempts, label: t("cell", { name: student.name, exercise: title[locale], state: standing }) }]];
      }),
    ),
  }));
}
