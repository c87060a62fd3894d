import { en } from "../../../app/_i18n/en";
import { es } from "../../../app/_i18n/es";

/** The two languages of the site. */
export const locales = ["es", "en"] as const;
export type Locale = (typeof locales)[number];

/** The interface's own words, so that a journey presses what its reader reads. */
export const words = { es, en } as const;

/** Where a lesson lives in each language. */
export const lessons = {
  L13: { es: "deployment", en: "deployment" },
  L28: { es: "nodeport-y-loadbalancer", en: "nodeport-and-loadbalancer" },
  L37: { es: "wordpress-comparte", en: "wordpress-shares" },
} as const;
