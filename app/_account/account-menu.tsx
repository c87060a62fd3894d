"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { Icon } from "@/app/_ui/icon";
import { Menu } from "@/app/_ui/menu";
import type { Locale } from "@/lib/text";
import { usePerson } from "./session";
import { leave } from "./sign-out";

/** The menu's words. */
export interface AccountWords {
  readonly label: string;
  readonly signIn: string;
  readonly signOut: string;
  readonly settings: string;
  readonly teach: string;
}

/** Sign in, or one's name with what can be done with it. Keeps its place while the server is asked. */
export function AccountMenu({ locale, words }: { locale: Locale; words: AccountWords }) {
  const person = usePerson();
  const here = usePathname();
  if (!person) {
    const back = /\/(sign-in|sign-up)$/.test(here) ? "" : `?next=${encodeURIComponent(here)}`;
    return (
      <Link href={`/${locale}/sign-in${back}`} prefetch={false} className="flex min-h-11 items-center gap-1.5 rounded px-2 hover:bg-sunken">
        <Icon name="person" />
        <span className="max-sm:sr-only">{words.signIn}</span>
      </Link>
    );
  }
  const item = "flex min-h-11 w-full items-center rounded px-3 text-left hover:bg-sunken";
  return (
    <Menu
      label={
        <>
          <Icon name="person" />
          <span className="sr-only">{words.label}: </span>
          <span className="max-w-32 truncate max-sm:sr-only">{person.name}</span>
        </>
      }
    >
      {person.role !== "STUDENT" && (
        <Link prefetch={false} className={item} href={`/${locale}/teach`}>
          {words.teach}
        </Link>
      )}
      <Link prefetch={false} className={item} href={`/${locale}/account`}>
        {words.settings}
      </Link>
      <button type="button" className={item} onClick={() => void leave(locale)}>
        {words.signOut}
      </button>
    </Menu>
  );
}
