"use client";
import { useSyncExternalStore } from "react";

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}

/** Says that the connection is gone, and that one can carry on; nothing while there is one. */
export function Offline({ text }: { text: string }) {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  return <div role="status">{!online && <p className="border-b border-line bg-signal-wash px-4 py-2 text-center text-sm text-signal">{text}</p>}</div>;
}
