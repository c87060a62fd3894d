import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { AccountMenu } from "@/app/_account/account-menu";
import { allLessons } from "@/lib/course/public";
import { Brand, Icon } from "./icon";
import { LanguageLink } from "./language-link";
import { Menu } from "./menu";
import { NavLink } from "./nav-link";
import { path } from "./paths";
import { ThemeChoice } from "./theme";

/** The words of the theme menu, for client components. */
export function useThemeWords() {
  const t = useTranslations("theme");
  return { label: t("label"), light: t("light"), dark: t("dark"), system: t("system"), contrast: t("contrast") };
}

/** Brand, main navigation, language, theme and account; the same on every page. */
export function Header() {
  const locale = useLocale();
  const t = useTranslations();
  const other = locale === "es" ? "en" : "es";
  const slugs = Object.fromEntries(
    allLessons().filter(({ slug }) => slug.es !== slug.en).map(({ slug }) => [slug[locale], slug[other]]),
  );
  const theme = useThemeWords();
  const pages = (
    <>
      <NavLink href={path(locale, "course")}>{t("nav.course")}</NavLink>
      <NavLink href={path(locale, "sandbox")}>{t("nav.sandbox")}</NavLink>
      <NavLink href={path(locale, "progress")}>{t("nav.progress")}</NavLink>
    </>
  );
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-paper">
      <div className="mx-auto flex h-16 max-w-7xl items-center gap-1 px-4 text-[0.9375rem] sm:px-6">
        <Link href={path(locale)} prefetch={false} className="mr-3 flex min-h-11 items-center gap-2 rounded text-lg font-bold tracking-tight">
          <span className="text-signal">
            <Brand />
          </span>
          {t("site.name")}
        </Link>
        <nav aria-label={t("site.mainNav")} className="max-md:hidden">
          <div className="flex gap-1">{pages}</div>
        </nav>
        <div className="ml-auto flex items-center">
          <LanguageLink to={other} label={t("site.otherLanguage")} slugs={slugs} />
          <Menu
            label={
              <>
                <Icon name="theme" />
                <span className="sr-only">{theme.label}</span>
              </>
            }
          >
            <ThemeChoice words={theme} />
          </Menu>
          <AccountMenu
            locale={locale}
            words={{
              label: t("account.label"),
              signIn: t("account.signIn"),
              signOut: t("account.signOut"),
              settings: t("account.settings"),
              teach: t("nav.teach"),
            }}
          />
          <Menu
            className="md:hidden"
            label={
              <>
                <Icon name="menu" />
                <span className="sr-only">{t("site.menu")}</span>
              </>
            }
          >
            <nav aria-label={t("site.menu")}>{pages}</nav>
          </Menu>
        </div>
      </div>
    </header>
  );
}

/** One quiet line at the end of every page. */
export function Footer() {
  const t = useTranslations("site");
  return (
    <footer className="mt-auto border-t border-line">
      <p className="mx-auto max-w-7xl px-4 py-6 text-sm text-ink-faint sm:px-6">{t("footer")}</p>
    </footer>
  );
}
