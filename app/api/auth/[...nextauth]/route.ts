import NextAuth from "next-auth";
import { authOptions } from "@/lib/auth";
import { limited } from "../../_http/body";
import { refusalResponse } from "../../_http/route";

const FORM_BYTES = 16 * 1024;

type Context = { params: Promise<{ nextauth: string[] }> };

/**
 * next-auth's own routes: sign-in, sign-out, session, CSRF. Options are read at the request, not when the module loads; a
 * form is cut off at 16 KiB, which next-auth itself would not do.
 */
async function handler(request: Request, context: Context): Promise<Response> {
  try {
    const small = await limited(request, FORM_BYTES);
    return (await NextAuth(small as never, context as never, authOptions())) as Response;
  } catch (error) {
    return refusalResponse(error);
  }
}

export { handler as GET, handler as POST };
