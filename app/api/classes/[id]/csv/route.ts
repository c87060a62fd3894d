import { consume } from "@/lib/auth";
import { exportCsv } from "@/lib/classroom";
import { forUsers } from "../../../_http/route";

/** The class's table as a CSV file. */
export const GET = forUsers<{ id: string }>(async ({ user, params }) => {
  await consume("export", user.id);
  const { fileName, text } = await exportCsv(user, params.id);
  return new Response(text, {
    headers: {
      "content-type": "text/csv; charset=utf-8",
      "content-disposition": `attachment; filename="${fileName}"`,
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
});
