import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AuthForm } from "@/app/_account/auth-form";
import { authWords } from "@/app/_account/auth-words";
import { KeepNext } from "@/app/_account/keep-next";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates, path } from "@/app/_ui/paths";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = await pageLocale(params);
  const t = await getTranslations("auth");
  return { title: t("signUpTitle"), alternates: alternates(locale, () => ["sign-up"]) };
}

export default async function SignUpPage({ params }: Props) {
  const locale = await pageLocale(params);
  const t = await getTranslations("auth");
  return (
    <Page title={t("signUpTitle")} intro={t("signUpIntro")}>
      <AuthForm mode="up" locale={locale} words={await authWords("up")} />
      <p className="mt-8">
        {t("haveAccount")} <KeepNext href={path(locale, "sign-in")}>{t("signIn")}</KeepNext>
      </p>
      <p className="reading mt-2 text-ink-faint">{t("guestNote")}</p>
    </Page>
  );
}
