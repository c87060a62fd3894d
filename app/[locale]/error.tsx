"use client";
import { useParams } from "next/navigation";
import { DeadEnd } from "@/app/_ui/dead-end";

// Its own few words: an error page must not need anything that could have failed.
const WORDS = {
  es: {
    title: "Algo se ha roto en esta página",
    text: "El fallo es nuestro. Tu trabajo está guardado en este navegador: vuelve a intentarlo o sigue por otra página.",
    retry: "Reintentar",
    home: "Ir al inicio",
  },
  en: {
    title: "Something broke on this page",
    text: "The fault is ours. Your work is kept in this browser: try again or carry on elsewhere.",
    retry: "Try again",
    home: "Go home",
  },
};

/** Keeps a page's failure inside the site, with a way on. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const locale = useParams()["locale"] === "en" ? "en" : "es";
  const words = WORDS[locale];
  return (
    <DeadEnd title={words.title} text={words.text}>
      <button type="button" className="button" onClick={reset}>
        {words.retry}
      </button>
      <a className="button button-quiet" href={`/${locale}`}>
        {words.home}
      </a>
    </DeadEnd>
  );
}
