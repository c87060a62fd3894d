import { signUp } from "@/lib/auth";
import { forEverybody } from "../_http/route";

/** `{email, password, name?, locale?}` → `{id, email}`; the page then signs in with the same credentials. */
export const POST = forEverybody(({ body, address }) => signUp(body, address));
