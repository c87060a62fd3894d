import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { DeadEnd } from "@/app/_ui/dead-end";
import { path } from "@/app/_ui/paths";

/** For addresses inside a language that lead nowhere, and for what is another's. */
export default function NotFound() {
  const t = useTranslations("notFound");
  const locale = useLocale();
  return (
    <DeadEnd code="404" title={t("title")} text={t("text")}>
      <Link href={path(locale, "course")} className="button">
        {t("action")}
      </Link>
    </DeadEnd>
  );
}
