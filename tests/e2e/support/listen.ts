import type { Page } from "@playwright/test";

/** What a page must never do: break its own policy, throw, complain in the console, or speak to another host. */
export interface Heard {
  readonly refused: string[];
  readonly thrown: string[];
  readonly abroad: string[];
  readonly complained: string[];
}

/** Nothing heard. */
export const silence: Heard = { refused: [], thrown: [], abroad: [], complained: [] };

const HOME = /^(https?:\/\/(localhost|127\.0\.0\.1)(:\d+)?\/|blob:|data:|about:)/;
// The browser itself reports these in the console; a journey that meets one expects it.
const EXPECTED = /the server responded with a status of (401|404)/;

/** Listens to a page from now on. What it hears stays in the answer, to be compared with {@link silence}. */
export function listen(page: Page): Heard {
  const heard: Heard = { refused: [], thrown: [], abroad: [], complained: [] };
  page.on("console", (message) => {
    const text = message.text();
    if (/Content.Security.Policy/i.test(text)) heard.refused.push(text);
    else if (message.type() === "error" && !EXPECTED.test(text)) heard.complained.push(text);
  });
  page.on("pageerror", (error) => heard.thrown.push(String(error)));
  page.on("request", (request) => {
    if (!HOME.test(request.url())) heard.abroad.push(request.url());
  });
  return heard;
}
