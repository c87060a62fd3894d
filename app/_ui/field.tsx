import type { ComponentProps } from "react";

/** A labelled text field with its hint and its error, tied together for those who cannot see them. */
export function Field({ label, hint, error, id, ...input }: { label: string; hint?: string; error?: string | undefined; id: string } & ComponentProps<"input">) {
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div>
      <label htmlFor={id} className="mb-1 block font-semibold">
        {label}
      </label>
      <input id={id} className="input" aria-invalid={error ? true : undefined} {...(described ? { "aria-describedby": described } : {})} {...input} />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-sm text-ink-faint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="mt-1 text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

/** What went wrong with a whole form, told at once. Keeps no place while there is nothing to tell. */
export function FormError({ children }: { children: string | null }) {
  return (
    <div role="alert">
      {children && <p className="rounded border border-danger bg-danger-wash px-4 py-3 text-danger">{children}</p>}
    </div>
  );
}
