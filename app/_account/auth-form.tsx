"use client";
import { zodResolver } from "@hookform/resolvers/zod";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { z } from "zod";
import { mergeIntoAccount } from "@/app/_course/progress";
import { Field, FormError } from "@/app/_ui/field";
import type { Locale } from "@/lib/text";
import { nextPage, signIn, signInWith, signUp } from "./enter";

/** The words of both forms. */
export interface AuthWords {
  readonly [key: string]: string;
}

interface Values {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

function schemaOf(mode: "in" | "up", words: AuthWords) {
  return z.object({
    name: mode === "up" ? z.string().trim().min(1, words["needName"]).max(80, words["needName"]) : z.string(),
    email: z.email(words["needEmail"]),
    password: mode === "up" ? z.string().min(10, words["needPassword"]).max(200, words["needPassword"]) : z.string().min(1, words["needPassword"]),
  });
}

/** Signs in or up. After either, what this browser holds moves to the account, and the reader goes on where they were. */
export function AuthForm({ mode, locale, words, providers = [] }: { mode: "in" | "up"; locale: Locale; words: AuthWords; providers?: readonly { id: string; label: string }[] }) {
  const [failure, setFailure] = useState<string | null>(null);
  const { register, handleSubmit, formState } = useForm<Values>({ resolver: zodResolver(schemaOf(mode, words)), defaultValues: { name: "", email: "", password: "" } });
  const { errors, isSubmitting, isSubmitSuccessful } = formState;

  const enter = async ({ name, email, password }: Values): Promise<void> => {
    setFailure(null);
    if (mode === "up") {
      const made = await signUp({ email, password, name, locale });
      if (!made.ok) return setFailure(made.message?.[locale] ?? words["offline"] ?? "");
    }
    const entered = await signIn(email, password);
    if (!entered.ok) return setFailure(words[entered.code] ?? words["bad"] ?? "");
    await mergeIntoAccount();
    window.location.assign(nextPage(locale));
    // The form stays busy until the next page replaces it.
    await new Promise(() => undefined);
  };

  const busy = isSubmitting || (isSubmitSuccessful && failure === null);
  return (
    <form noValidate onSubmit={(event) => void handleSubmit(enter)(event)} className="grid max-w-md gap-5">
      <FormError>{failure}</FormError>
      {mode === "up" && (
        <Field id="name" label={words["name"] ?? ""} hint={words["nameHint"] ?? ""} autoComplete="name" maxLength={80} error={errors.name?.message} {...register("name")} />
      )}
      <Field id="email" label={words["email"] ?? ""} type="email" autoComplete="email" maxLength={254} error={errors.email?.message} {...register("email")} />
      <Field
        id="password"
        label={words["password"] ?? ""}
        type="password"
        autoComplete={mode === "up" ? "new-password" : "current-password"}
        maxLength={200}
        error={errors.password?.message}
        {...(mode === "up" ? { hint: words["passwordHint"] ?? "" } : {})}
        {...register("password")}
      />
      <button type="submit" className="button" disabled={busy}>
        {busy ? words["working"] : words["action"]}
      </button>
      {providers.length > 0 && (
        <div className="grid gap-3 border-t border-line pt-5">
          {providers.map(({ id, label }) => (
            <button key={id} type="button" className="button button-quiet" onClick={() => void signInWith(id, nextPage(locale))}>
              {label}
            </button>
          ))}
        </div>
      )}
    </form>
  );
}
