"use client";
import { useSyncExternalStore } from "react";
import { CopyButton } from "@/app/_mdx/copy-button";

const never = () => () => undefined;

/** A class's link and code, each with its copy button. The link names the host the teacher is using. */
export function Invitation({ linkPath, code, words }: { linkPath: string; code: string; words: { link: string; code: string; copy: string; copied: string } }) {
  const origin = useSyncExternalStore(never, () => window.location.origin, () => "");
  const link = `${origin}${linkPath}`;
  const rows = [
    [words.link, link],
    [words.code, code],
  ] as const;
  return (
    <dl className="grid gap-3">
      {rows.map(([name, value]) => (
        <div key={name} className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <dt className="w-16 text-sm text-ink-faint">{name}</dt>
          <dd className="flex min-w-0 grow flex-wrap items-center gap-3">
            <code className="min-w-0 break-all rounded border border-line bg-sunken px-2 py-1 font-mono text-[0.9375rem]">{value}</code>
            <CopyButton words={words} text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
