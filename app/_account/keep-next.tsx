"use client";
import Link from "next/link";
import { useSyncExternalStore, type ReactNode } from "react";

const never = () => () => undefined;

/** A link between the sign-in and sign-up pages that does not forget where the reader was going. */
export function KeepNext({ href, children }: { href: string; children: ReactNode }) {
  const search = useSyncExternalStore(never, () => window.location.search, () => "");
  const next = new URLSearchParams(search).get("next");
  return (
    <Link className="link" href={next ? `${href}?next=${encodeURIComponent(next)}` : href}>
      {children}
    </Link>
  );
}
