"use client";
import { useRouter } from "next/navigation";
import { send } from "@/app/_ui/send";

/** Draws a new link and code for a class; the old ones stop working at once. */
export function RenewInvitation({ classId, label, hint }: { classId: string; label: string; hint: string }) {
  const router = useRouter();
  const renew = async () => {
    const answer = await send("PATCH", `/api/classes/${encodeURIComponent(classId)}`, { newInvitation: true });
    if (answer.ok) router.refresh();
  };
  return (
    <p className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-ink-faint">
      <button type="button" className="button button-quiet button-small" onClick={() => void renew()}>
        {label}
      </button>
      {hint}
    </p>
  );
}
