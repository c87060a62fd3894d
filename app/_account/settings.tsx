"use client";
import { useRouter } from "next/navigation";
import { useRef, useState, type FormEvent } from "react";
import { forgetLocalProgress } from "@/app/_course/progress";
import { Field, FormError } from "@/app/_ui/field";
import { send } from "@/app/_ui/send";
import type { Locale } from "@/lib/text";

/** Joins a class by the code its teacher gave out. */
export function JoinByCode({ locale, words }: { locale: Locale; words: { code: string; join: string; failed: string } }) {
  const router = useRouter();
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const join = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    const answer = await send("POST", "/api/classes/join", { code: String(new FormData(form).get("code") ?? "") });
    setBusy(false);
    setFailure(answer.ok ? null : (answer.message?.[locale] ?? words.failed));
    if (answer.ok) {
      form.reset();
      router.refresh();
    }
  };
  return (
    <form onSubmit={(event) => void join(event)} className="mt-4 grid max-w-md gap-3">
      <FormError>{failure}</FormError>
      <div className="flex items-end gap-3">
        <div className="grow">
          <Field id="code" name="code" label={words.code} autoComplete="off" autoCapitalize="characters" spellCheck={false} required maxLength={40} />
        </div>
        <button type="submit" className="button button-quiet" disabled={busy}>
          {words.join}
        </button>
      </div>
    </form>
  );
}

/** Leaves a class; what was done in it stays the student's. */
export function LeaveClass({ classId, userId, label }: { classId: string; userId: string; label: string }) {
  const router = useRouter();
  const leave = async () => {
    const answer = await send("DELETE", `/api/classes/${encodeURIComponent(classId)}/students/${encodeURIComponent(userId)}`, {});
    if (answer.ok) router.refresh();
  };
  return (
    <button type="button" className="button button-quiet button-small" onClick={() => void leave()}>
      {label}
    </button>
  );
}

/** Deletes the account, after a word typed and the password given. */
export function DeleteAccount({ locale, words }: { locale: Locale; words: { action: string; hint: string; confirm: string; word: string; password: string; cancel: string; failed: string } }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState("");
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const remove = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget).get("password") ?? "");
    setBusy(true);
    const answer = await send("DELETE", "/api/account", password === "" ? {} : { password });
    setBusy(false);
    if (!answer.ok) return setFailure(answer.message?.[locale] ?? words.failed);
    forgetLocalProgress();
    window.location.assign(`/${locale}`);
  };
  return (
    <>
      <button type="button" className="button button-danger mt-4" onClick={() => dialog.current?.showModal()}>
        {words.action}
      </button>
      <dialog ref={dialog} aria-labelledby="delete-title" className="m-auto w-[min(32rem,calc(100vw-2rem))] rounded-md border border-line-strong bg-surface p-6 text-ink backdrop:bg-black/60">
        <form onSubmit={(event) => void remove(event)} className="grid gap-4">
          <h2 id="delete-title" className="text-xl font-bold">
            {words.action}
          </h2>
          <p>{words.hint}</p>
          <FormError>{failure}</FormError>
          <Field id="delete-word" label={words.confirm} autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
          <Field id="delete-password" name="password" type="password" label={words.password} autoComplete="current-password" maxLength={200} />
          <div className="flex flex-wrap justify-end gap-3">
            <button type="button" className="button button-quiet" onClick={() => dialog.current?.close()}>
              {words.cancel}
            </button>
            <button type="submit" className="button button-danger" disabled={busy || typed.trim().toLowerCase() !== words.word}>
              {words.action}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

/** Joins the class of an invitation's link. */
export function JoinByLink({ token, locale, words }: { token: string; locale: Locale; words: { action: string; joined: string; toCourse: string; failed: string } }) {
  const [joined, setJoined] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const join = async () => {
    setBusy(true);
    const answer = await send<{ name: string }>("POST", "/api/classes/join", { token });
    setBusy(false);
    if (answer.ok) setJoined(answer.body.name);
    else setFailure(answer.message?.[locale] ?? words.failed);
  };
  if (joined !== null) {
    return (
      <div role="status">
        <p className="text-lg font-semibold text-success">{words.joined.replace("{name}", joined)}</p>
        <a className="button mt-4" href={`/${locale}/course`}>
          {words.toCourse}
        </a>
      </div>
    );
  }
  return (
    <div className="grid justify-items-start gap-4">
      <FormError>{failure}</FormError>
      <button type="button" className="button" disabled={busy} onClick={() => void join()}>
        {words.action}
      </button>
    </div>
  );
}
