"use client";
import "./globals.css";

/** The last resort, when even the frame of the site has failed: both languages, since not even that is known. */
export default function GlobalError({ reset }: { error: Error; reset: () => void }) {
  return (
    <html lang="es" data-theme="light">
      <body>
        <main className="mx-auto grid w-full max-w-3xl grow content-center gap-8 px-4 py-20">
          <title>Timonel</title>
          <div>
            <h1 className="text-3xl font-bold">Algo se ha roto</h1>
            <p className="mt-3">El fallo es nuestro. Tu trabajo está guardado en este navegador.</p>
          </div>
          <div lang="en">
            <h2 className="text-3xl font-bold">Something broke</h2>
            <p className="mt-3">The fault is ours. Your work is kept in this browser.</p>
          </div>
          <p>
            <button type="button" className="button" onClick={reset}>
              Reintentar · <span lang="en">Try again</span>
            </button>
          </p>
        </main>
      </body>
    </html>
  );
}
