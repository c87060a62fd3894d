import "server-only";
import Link from "next/link";
import { getLocale, getTranslations } from "next-intl/server";
import { path } from "@/app/_ui/paths";
import { attempt, type CommonFailure } from "@/lib/classroom";
import type { CurrentUser } from "@/lib/auth";
import { exerciseFace } from "@/lib/course/public";

const SHOWN = 12;

/** The reasons a class fails for, in the sentences its students read, each leading to an attempt that shows it. */
export async function Failures({ user, failures }: { user: CurrentUser; failures: readonly CommonFailure[] }) {
  const locale = await getLocale();
  const t = await getTranslations("teach");
  if (failures.length === 0) return <p className="text-ink-soft">{t("reasonsEmpty")}</p>;
  const lines = await Promise.all(
    failures.slice(0, SHOWN).map(async (failure) => {
      const shown = await attempt(user, failure.example);
      const result = shown.report.results.find(({ check }) => check === failure.check);
      const finding = result?.finding;
      return { failure, check: result?.title[locale] ?? failure.check, message: finding && !finding.passed ? finding.message[locale] : failure.code };
    }),
  );
  return (
    <div className="relative overflow-x-auto" tabIndex={0}>
      <table className="w-full min-w-[44rem] text-[0.9375rem]">
        <thead>
          <tr className="border-b-2 border-line-strong text-left text-sm text-ink-faint">
            <th scope="col" className="py-2 pr-4 font-semibold">{t("exercise")}</th>
            <th scope="col" className="py-2 pr-4 font-semibold">{t("reason")}</th>
            <th scope="col" className="py-2 font-semibold">{t("people")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ failure, check, message }) => (
            <tr key={`${failure.exercise} ${failure.check} ${failure.code}`} className="border-b border-line align-top">
              <td className="py-3 pr-4">{exerciseFace(failure.exercise)?.title[locale] ?? failure.exercise}</td>
              <td className="py-3 pr-4">
                <Link href={path(locale, "teach", "attempts", failure.example)} className="link" prefetch={false}>
                  {check}
                </Link>
                <p className="text-ink-soft">{message}</p>
                <p className="font-mono text-sm text-ink-faint">{failure.code}</p>
              </td>
              <td className="w-40 py-3">
                <span className="tabular-nums">{t("outOf", { count: failure.students, total: failure.tried })}</span>
                <span className="mt-1.5 block h-1.5 rounded bg-line" aria-hidden="true">
                  <span className="block h-full rounded bg-ink-soft" style={{ width: `${Math.round((100 * failure.students) / Math.max(1, failure.tried))}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
