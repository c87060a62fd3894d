"use client";
import { useRouter } from "next/navigation";
import { useState, type FormEvent } from "react";
import { Field } from "@/app/_ui/field";
import { send } from "@/app/_ui/send";
import type { Locale } from "@/lib/text";

/** Makes a class and opens it. */
export function NewClass({ locale, words }: { locale: Locale; words: { name: string; hint: string; create: string; failed: string; needName: string } }) {
  const router = useRouter();
  const [failure, setFailure] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const create = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    if (name === "") return setFailure(words.needName);
    setBusy(true);
    const answer = await send<{ id: string }>("POST", "/api/classes", { name });
    if (answer.ok) return router.push(`/${locale}/teach/${encodeURIComponent(answer.body.id)}`);
    setBusy(false);
    setFailure(answer.message?.[locale] ?? words.failed);
  };
  return (
    <form noValidate onSubmit={(event) => void create(event)} className="grid max-w-md gap-3">
      <Field id="class-name" name="name" label={words.name} hint={words.hint} maxLength={80} autoComplete="off" error={failure} />
      <div>
        <button type="submit" className="button" disabled={busy}>
          {words.create}
        </button>
      </div>
    </form>
  );
}
