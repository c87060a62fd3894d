import "./globals.css";
import type { Metadata } from "next";
import { en } from "./_i18n/en";
import { es } from "./_i18n/es";
import { reading } from "./_ui/fonts";
import { Brand } from "./_ui/icon";
import { Themed } from "./_ui/theme";

export const metadata: Metadata = { title: "404 · Timonel", robots: { index: false } };

const LANGUAGES = [
  ["es", es],
  ["en", en],
] as const;

/** For addresses that no page answers. Nothing is known of the reader here, so it speaks both languages. */
export default function GlobalNotFound() {
  return (
    <html lang="es" className={reading.variable} suppressHydrationWarning>
      <body>
        <Themed>
          <main className="mx-auto grid w-full max-w-5xl grow content-center gap-10 px-4 py-16 sm:px-6">
            <p className="flex items-center gap-2 text-lg font-bold">
              <span className="text-signal">
                <Brand />
              </span>
              Timonel <span className="ml-2 font-mono font-normal text-ink-faint">404</span>
            </p>
            <div className="grid gap-10 md:grid-cols-2">
              {LANGUAGES.map(([locale, words], i) => (
                <section key={locale} lang={locale}>
                  {i === 0 ? <h1 className="text-3xl font-bold">{words.notFound.title}</h1> : <h2 className="text-3xl font-bold">{words.notFound.title}</h2>}
                  <p className="reading mt-3 text-ink-soft">{words.notFound.text}</p>
                  <a className="button mt-6" href={`/${locale}/course`}>
                    {words.notFound.action}
                  </a>
                </section>
              ))}
            </div>
          </main>
        </Themed>
      </body>
    </html>
  );
}
