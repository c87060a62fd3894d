import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { AuthForm } from "@/app/_account/auth-form";
import { authWords } from "@/app/_account/auth-words";
import { KeepNext } from "@/app/_account/keep-next";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { alternates, path } from "@/app/_ui/paths";
import { availableProviders } from "@/lib/auth";

/** Which providers there are is known when the site starts, not when it is built. */
export const dynamic = "force-dynamic";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const locale = await pageLocale(params);
  const t = await getTranslations("auth");
  return { title: t("signInTitle"), alternates: alternates(locale, () => ["sign-in"]) };
}

export default async function SignInPage({ params }: Props) {
  const locale = await pageLocale(params);
  const t = await getTranslations("auth");
  const providers = availableProviders().map(({ id, name }) => ({ id, label: t("with", { provider: name }) }));
  return (
    <Page title={t("signInTitle")} intro={t("signInIntro")}>
      <AuthForm mode="in" locale={locale} words={await authWords("in")} providers={providers} />
      <p className="mt-8">
        {t("noAccount")} <KeepNext href={path(locale, "sign-up")}>{t("signUp")}</KeepNext>
      </p>
      <p className="reading mt-2 text-ink-faint">{t("guestNote")}</p>
    </Page>
  );
}
