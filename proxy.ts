import createMiddleware from "next-intl/middleware";
import { routing } from "@/app/_i18n/routing";

/** Puts a language before an address that has none; the reader's browser and last choice decide. Nothing else happens here. */
export default createMiddleware(routing);

export const config = { matcher: ["/((?!api|_next|_vercel|.*\\..*).*)"] };
