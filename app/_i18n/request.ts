import { hasLocale } from "next-intl";
import { getRequestConfig } from "next-intl/server";
import { en } from "./en";
import { es } from "./es";
import { routing } from "./routing";

const words = { es, en };

/** What next-intl serves to server components. Client components receive the few words they need as props. */
export default getRequestConfig(async ({ requestLocale }) => {
  const wanted = await requestLocale;
  const locale = hasLocale(routing.locales, wanted) ? wanted : routing.defaultLocale;
  return { locale, messages: words[locale], timeZone: "Europe/Madrid" };
});
