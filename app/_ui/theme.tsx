"use client";
import { ThemeProvider, useTheme } from "next-themes";
import { useSyncExternalStore, type ReactNode } from "react";

const THEMES = ["light", "dark", "contrast"] as const;
const never = () => () => undefined;

/** Sets `data-theme` before the first paint, from the reader's choice or the system's. */
export function Themed({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider attribute="data-theme" themes={[...THEMES]} defaultTheme="system" enableSystem enableColorScheme={false} storageKey="timonel.theme" disableTransitionOnChange>
      {children}
    </ThemeProvider>
  );
}

/** The words of the four choices. */
export interface ThemeWords {
  readonly label: string;
  readonly light: string;
  readonly dark: string;
  readonly system: string;
  readonly contrast: string;
}

/** Four buttons, the chosen one pressed. */
export function ThemeChoice({ words, row = false }: { words: ThemeWords; row?: boolean }) {
  const { theme, setTheme } = useTheme();
  const ready = useSyncExternalStore(never, () => true, () => false);
  return (
    <div role="group" aria-label={words.label} className={row ? "flex flex-wrap gap-2" : "grid"}>
      {([...THEMES, "system"] as const).map((name) => {
        const chosen = ready && theme === name;
        return (
          <button
            key={name}
            type="button"
            aria-pressed={chosen}
            onClick={() => setTheme(name)}
            className={`flex min-h-11 items-center gap-2 rounded px-3 text-left hover:bg-sunken ${row ? "border border-line-strong" : ""} ${chosen ? "font-semibold" : ""}`}
          >
            <span aria-hidden="true" className={`size-3 rounded-full border-2 ${chosen ? "border-signal bg-signal" : "border-line-strong"}`} />
            {words[name]}
          </button>
        );
      })}
    </div>
  );
}
