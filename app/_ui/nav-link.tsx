"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";

/** A link of the main navigation; tells where we are with `aria-current`. */
export function NavLink({ href, children }: { href: string; children: ReactNode }) {
  const here = usePathname();
  const current = here === href ? "page" : here.startsWith(`${href}/`) ? "true" : undefined;
  return (
    <Link
      href={href}
      prefetch={false}
      {...(current ? { "aria-current": current } : {})}
      className="flex min-h-11 items-center rounded px-2.5 text-ink-soft hover:bg-sunken hover:text-ink aria-[current]:font-semibold aria-[current]:text-ink aria-[current]:underline aria-[current]:decoration-signal aria-[current]:decoration-2 aria-[current]:underline-offset-8"
    >
      {children}
    </Link>
  );
}
