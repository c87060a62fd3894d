import Link from "next/link";
import { useLocale, useTranslations } from "next-intl";
import { ExerciseMark } from "@/app/_course/marks";
import { Icon } from "@/app/_ui/icon";
import { path } from "@/app/_ui/paths";
import { exerciseFace, type ExerciseFace } from "@/lib/course/public";

/** The kind of an exercise in the reader's words. */
export function useKindName(): (face: ExerciseFace) => string {
  const t = useTranslations("exercise.kinds");
  return ({ kind }) => t(kind);
}

/** A quiet card in the text that opens the full bench, with what the reader has done of it. */
export function ExerciseCard({ id }: { id: string }) {
  const t = useTranslations("exercise");
  const locale = useLocale();
  const kindName = useKindName();
  const face = exerciseFace(id);
  if (!face) {
    return (
      <div className="rounded-md border border-dashed border-line-strong p-5 text-ink-faint">
        {t("label")} · {t("preparing")}
      </div>
    );
  }
  return (
    <div className="flex flex-wrap items-center gap-x-6 gap-y-3 rounded-md border border-line-strong bg-surface p-5">
      <div className="min-w-56 grow basis-0">
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-faint">
          <span className="inline-flex items-center gap-1.5">
            <Icon name="bench" size={18} />
            {kindName(face)}
          </span>
          <Difficulty level={face.difficulty} label={t("difficulty", { level: face.difficulty })} />
          <ExerciseMark exercise={id} words={{ done: t("solved"), started: t.raw("started") as string }} />
        </p>
        <p className="mt-1 font-semibold leading-snug">{face.title[locale]}</p>
      </div>
      <Link href={path(locale, "exercise", id)} prefetch={false} className="button button-quiet">
        {t("open")}
      </Link>
    </div>
  );
}

/** One to three marks out of three, named for those who do not see them. */
export function Difficulty({ level, label }: { level: number; label: string }) {
  return (
    <span role="img" aria-label={label} className="inline-flex gap-0.5">
      {[1, 2, 3].map((step) => (
        <span key={step} className={`size-2 rounded-full border border-line-strong ${step <= level ? "bg-ink-soft" : ""}`} />
      ))}
    </span>
  );
}
