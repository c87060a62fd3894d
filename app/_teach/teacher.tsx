import "server-only";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { personOr } from "@/app/_account/required";
import { DeadEnd } from "@/app/_ui/dead-end";
import { path } from "@/app/_ui/paths";
import type { CurrentUser } from "@/lib/auth";
import type { Locale } from "@/lib/text";

/** Shows a page to teachers. Guests are sent to sign in; students are told whom the page is for. */
export async function forTeachers(locale: Locale, here: readonly string[], page: (user: CurrentUser) => Promise<ReactNode>): Promise<ReactNode> {
  const user = await personOr(locale, ...here);
  if (user.role !== "STUDENT") return page(user);
  const t = await getTranslations();
  return (
    <DeadEnd title={t("teach.title")} text={t("teach.forbidden")}>
      <a href={path(locale, "course")} className="button">
        {t("notFound.action")}
      </a>
    </DeadEnd>
  );
}
