import type { Metadata } from "next";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { JoinByLink } from "@/app/_account/settings";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { path } from "@/app/_ui/paths";
import { currentUser } from "@/lib/auth";

type Props = { params: Promise<{ locale: string; token: string }> };

export const dynamicParams = true;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await pageLocale(params);
  const t = await getTranslations("join");
  return { title: t("title"), robots: { index: false }, referrer: "no-referrer" };
}

export default async function JoinPage({ params }: Props) {
  const locale = await pageLocale(params);
  const { token } = await params;
  const t = await getTranslations();
  const user = await currentUser();
  const next = `?next=${encodeURIComponent(path(locale, "join", token))}`;
  return (
    <Page title={t("join.title")} intro={t("join.invited")}>
      <p className="reading mb-6">{t("join.privacy")}</p>
      {user ? (
        <JoinByLink
          token={token}
          locale={locale}
          words={{ action: t("join.action"), joined: t.raw("join.joined") as string, toCourse: t("join.toCourse"), failed: t("join.failed") }}
        />
      ) : (
        <>
          <p className="reading">{t("join.signInFirst")}</p>
          <div className="mt-5 flex flex-wrap gap-3">
            <Link href={`${path(locale, "sign-up")}${next}`} className="button">
              {t("account.signUp")}
            </Link>
            <Link href={`${path(locale, "sign-in")}${next}`} className="button button-quiet">
              {t("account.signIn")}
            </Link>
          </div>
        </>
      )}
    </Page>
  );
}
