import "server-only";
import { getTranslations } from "next-intl/server";
import type { AuthWords } from "./auth-form";

/** The words of the sign-in and sign-up forms, by the names the form looks for: its own, and the codes of refusals. */
export async function authWords(mode: "in" | "up"): Promise<AuthWords> {
  const t = await getTranslations("auth");
  const keys = ["name", "nameHint", "email", "password", "passwordHint", "working", "bad", "offline", "needName", "needEmail", "needPassword"] as const;
  return {
    ...Object.fromEntries(keys.map((key) => [key, t(key)])),
    action: t(mode === "in" ? "signIn" : "signUp"),
    CredentialsSignin: t("bad"),
    "request.too-many": t("tooMany"),
    "request.offline": t("offline"),
    ...(mode === "in" ? { needPassword: t("writePassword") } : {}),
  };
}
