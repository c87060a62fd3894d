import type { es } from "@/app/_i18n/es";
import type { Locale } from "@/lib/text";
import type { Dictionary } from "@/app/_i18n/dictionary";

declare module "next-intl" {
  interface AppConfig {
    Locale: Locale;
    Messages: Dictionary<typeof es>;
  }
}
