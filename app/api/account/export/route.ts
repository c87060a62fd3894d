import { consume, exportAccount } from "@/lib/auth";
import { forUsers } from "../../_http/route";

/** Everything held about whoever asks, as a JSON file. */
export const GET = forUsers(async ({ user }) => {
  await consume("export", user.id);
  const data = await exportAccount(user);
  return new Response(JSON.stringify(data, null, 2), {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": 'attachment; filename="timonel-account.json"',
      "cache-control": "private, no-store",
      "x-content-type-options": "nosniff",
    },
  });
});
