import "@/app/globals.css";
import type { Metadata, Viewport } from "next";
import { hasLocale } from "next-intl";
import { getTranslations, setRequestLocale } from "next-intl/server";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { routing } from "@/app/_i18n/routing";
import { code, reading } from "@/app/_ui/fonts";
import { Footer, Header } from "@/app/_ui/header";
import { Offline } from "@/app/_ui/offline";
import { siteUrl } from "@/app/_ui/site-url";
import { Themed } from "@/app/_ui/theme";

/** Without this `/favicon.ico` and its like would reach the pages as a language. */
export const dynamicParams = false;
export const generateStaticParams = () => routing.locales.map((locale) => ({ locale }));

type Params = Promise<{ locale: string }>;

export async function generateMetadata({ params }: { params: Params }): Promise<Metadata> {
  const { locale } = await params;
  if (!hasLocale(routing.locales, locale)) notFound();
  const t = await getTranslations({ locale, namespace: "site" });
  return {
    metadataBase: siteUrl(),
    title: { default: t("name"), template: `%s · ${t("name")}` },
    description: t("description"),
    applicationName: t("name"),
    openGraph: { siteName: t("name"), locale, type: "website" },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfaf6" },
    { media: "(prefers-color-scheme: dark)", color: "#0c1822" },
  ],
};

export default async function Layout({ children, params }: { children: ReactNode; params: Params }) {
  const { locale } = await params;
  if (!hasLocale(routing.locales, locale)) notFound();
  setRequestLocale(locale);
  const t = await getTranslations("site");
  return (
    <html lang={locale} className={`${reading.variable} ${code.variable}`} suppressHydrationWarning>
      <body>
        <Themed>
          <a href="#content" className="button sr-only z-50 focus:not-sr-only focus:fixed focus:left-4 focus:top-3">
            {t("skip")}
          </a>
          <Header />
          <Offline text={(await getTranslations("offline"))("banner")} />
          <main id="content" tabIndex={-1} className="flex grow flex-col outline-none">
            {children}
          </main>
          <Footer />
        </Themed>
      </body>
    </html>
  );
}
