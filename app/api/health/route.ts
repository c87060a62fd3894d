import { db } from "@/lib/db";

export const dynamic = "force-dynamic";

/** Is the site up and can it reach its database? Says no more than that. */
export async function GET(): Promise<Response> {
  const up = await db.user.findFirst({ select: { id: true } }).then(
    () => true,
    () => false,
  );
  return Response.json({ ok: up }, { status: up ? 200 : 503, headers: { "cache-control": "no-store" } });
}
