import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { personOr } from "@/app/_account/required";
import { DeleteAccount, JoinByCode, LeaveClass } from "@/app/_account/settings";
import { useThemeWords } from "@/app/_ui/header";
import { Page } from "@/app/_ui/page";
import { pageLocale } from "@/app/_ui/page-locale";
import { path } from "@/app/_ui/paths";
import { ThemeChoice } from "@/app/_ui/theme";
import { joinedClasses } from "@/lib/classroom";
import { locales } from "@/lib/text";

type Props = { params: Promise<{ locale: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  await pageLocale(params);
  const t = await getTranslations("settings");
  return { title: t("title"), robots: { index: false } };
}

const NAMES = { es: "Español", en: "English" };

export default async function AccountPage({ params }: Props) {
  const locale = await pageLocale(params);
  const user = await personOr(locale, "account");
  const t = await getTranslations("settings");
  const classes = await joinedClasses(user);
  const role = ({ STUDENT: "student", TEACHER: "teacher", ADMIN: "admin" } as const)[user.role];
  return (
    <Page title={t("title")}>
      <Part title={t("profile")}>
        <p className="font-semibold">{user.name}</p>
        <p className="text-ink-soft">{user.email}</p>
        <p className="text-ink-soft">
          {t("role")}: {t(`roles.${role}`)}
        </p>
      </Part>
      <Part title={t("language")} hint={t("languageHint")}>
        <ul className="flex gap-2">
          {locales.map((each) => (
            <li key={each}>
              <a href={path(each, "account")} lang={each} hrefLang={each} {...(each === locale ? { "aria-current": "true" as const } : {})} className="button button-quiet aria-[current]:border-signal aria-[current]:bg-signal-wash">
                {NAMES[each]}
              </a>
            </li>
          ))}
        </ul>
      </Part>
      <Part title={t("theme")} hint={t("themeHint")}>
        <Themes />
      </Part>
      <Part title={t("classes")} {...(classes.length === 0 ? { hint: t("noClasses") } : {})}>
        {classes.length > 0 && (
          <ul className="border-t border-line">
            {classes.map((one) => (
              <li key={one.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-3">
                <span className="grow">
                  <span className="font-semibold">{one.name}</span> <span className="text-ink-soft">{one.teacher}</span>
                </span>
                <LeaveClass classId={one.id} userId={user.id} label={t("leave")} />
              </li>
            ))}
          </ul>
        )}
        <JoinByCode locale={locale} words={{ code: t("code"), join: t("join"), failed: (await getTranslations("join"))("failed") }} />
      </Part>
      <Part title={t("export")} hint={t("exportHint")}>
        <a href="/api/account/export" download className="button button-quiet">
          {t("exportAction")}
        </a>
      </Part>
      <Part title={t("delete")} hint={t("deleteHint")}>
        <DeleteAccount
          locale={locale}
          words={{
            action: t("deleteAction"),
            hint: t("deleteHint"),
            confirm: t("deleteConfirm", { word: t("deleteWord") }),
            word: t("deleteWord"),
            password: (await getTranslations("auth"))("password"),
            cancel: t("cancel"),
            failed: t("deleteFailed"),
          }}
        />
      </Part>
    </Page>
  );
}

function Themes() {
  return <ThemeChoice words={useThemeWords()} row />;
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <section className="grid gap-x-10 gap-y-3 border-t border-line py-8 md:grid-cols-[14rem_1fr]">
      <div>
        <h2 className="text-lg font-bold">{title}</h2>
      </div>
      <div>
        {hint && <p className="reading mb-4 text-ink-soft">{hint}</p>}
        {children}
      </div>
    </section>
  );
}
