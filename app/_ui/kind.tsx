/*
 * One glyph a kind, one frame for all: a rounded square in the colour of its family. The name always goes beside it, or in
 * its title, so that neither colour nor shape is the only carrier.
 */
type Family = "workload" | "network" | "config" | "storage" | "node" | "access";

const GLYPHS: { readonly [kind: string]: readonly [Family, string] } = {
  Pod: ["workload", "M12 6.5l5 2.8v5.4l-5 2.8-5-2.8V9.3zM7 9.3l5 2.7 5-2.7M12 12v5.5"],
  ReplicaSet: ["workload", "M7 7h7v7H7zM10 14v3h7v-7h-3"],
  Deployment: ["workload", "M16.8 10A5.2 5.2 0 1 0 17 13.5M17 6.5V10h-3.5M12 9.5v3l2 1.2"],
  StatefulSet: ["workload", "M7 6.5h7v4H7zM7 10.5h7M10 13.5h7v4h-7zM8.5 8.5h1M11.5 15.5h1"],
  DaemonSet: ["workload", "M6.5 16.5h11M8 14V9M12 14V7M16 14V9M8 9h.01M12 7h.01M16 9h.01"],
  Job: ["workload", "M7 7h10v10H7zM9.5 12l2 2 3.5-4"],
  CronJob: ["workload", "M12 6.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM12 9v3l2.2 1.4"],
  PodTemplate: ["workload", "M7 7h10v10H7zM7 10h10M9.5 13h5"],
  Service: ["network", "M12 7.5v3M7.5 16.5v-3h9v3M12 10.5v3M10.5 6h3v2h-3zM6 16h3v2H6zM15 16h3v2h-3zM10.5 16h3v2h-3z"],
  Ingress: ["network", "M6.5 12h8M11.5 8.5L15 12l-3.5 3.5M17.5 7v10"],
  IngressClass: ["network", "M6.5 12h6M9.5 9l3 3-3 3M15 7h2.5v10H15"],
  EndpointSlice: ["network", "M7 8h10M7 12h10M7 16h10M9 8v.01M13 12v.01M10 16v.01"],
  NetworkPolicy: ["network", "M12 6.5l5 2v3.5c0 3-2 4.8-5 6-3-1.2-5-3-5-6V8.5z"],
  ConfigMap: ["config", "M8 6.5h6l2.5 2.5v8.5H8zM10.5 11h4M10.5 14h4"],
  Secret: ["config", "M8 11h8v6H8zM9.8 11V9.2a2.2 2.2 0 0 1 4.4 0V11M12 13.3v1.4"],
  PersistentVolume: ["storage", "M7 8.5c0-2.6 10-2.6 10 0v7c0 2.6-10 2.6-10 0zM7 8.5c0 2.6 10 2.6 10 0"],
  PersistentVolumeClaim: ["storage", "M7 8c0-2.2 10-2.2 10 0v3.5M7 8v7c0 1.6 4 2.2 6 1.9M7 8c0 2.2 10 2.2 10 0M14 15l2 2 3-3.5"],
  StorageClass: ["storage", "M7 7.5h10M7 12h10M7 16.5h10M7 7.5v9M17 7.5v9"],
  Volume: ["storage", "M7 8.5h10v8H7zM7 12h10M12 14.2v.01"],
  Node: ["node", "M6.5 8h11v3.5h-11zM6.5 12.5h11V16h-11zM9 9.7v.01M9 14.2v.01"],
  Namespace: ["access", "M9 7H7v2M15 7h2v2M9 17H7v-2M15 17h2v-2M12 12v.01"],
  ServiceAccount: ["access", "M12 11.5a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM7.8 17c.4-2.4 2-3.5 4.2-3.5s3.8 1.1 4.2 3.5"],
};
const PLAIN: readonly [Family, string] = ["node", "M8 8h8v8H8z"];
const COLOURS: { readonly [F in Family]: string } = {
  workload: "text-kind-workload",
  network: "text-kind-network",
  config: "text-kind-config",
  storage: "text-kind-storage",
  node: "text-kind-node",
  access: "text-kind-access",
};

/** The drawing of a kind, legible at 16 px. Decoration beside its name; give `title` where it stands alone. */
export function KindGlyph({ kind, size = 20, title }: { kind: string; size?: number; title?: string }) {
  const [family, drawing] = Object.hasOwn(GLYPHS, kind) ? (GLYPHS[kind] ?? PLAIN) : PLAIN;
  const named = title === undefined ? { "aria-hidden": true as const } : { role: "img", "aria-label": title };
  return (
    <svg {...named} width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round" className={`inline-block shrink-0 ${COLOURS[family]}`}>
      <rect x="2.5" y="2.5" width="19" height="19" rx="4.5" />
      <path d={drawing} />
    </svg>
  );
}
