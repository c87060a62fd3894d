"use client";
import { KindGlyph } from "@/app/_ui/kind";
import { useBench, useSlices } from "../bench-context";
import type { OwnerNode } from "../worker/view-model";
import type { Hands } from "./hands";
import { Nothing, PodCard, ToneMark, useDeletePod } from "./parts";

/** Who made whom: Deployment, its ReplicaSets, their pods. */
export function OwnersView({ hands }: { hands: Hands }) {
  useSlices(["owners"]);
  const { state, words } = useBench();
  const remove = useDeletePod();
  const owners = state.view.owners;
  if (!owners || owners.length === 0) return <Nothing looked={owners !== undefined} text={words.owners.empty} />;
  return (
    <ul className="bench-tree" aria-label={words.owners.tree}>
      {owners.map((owner) => (
        <Owner key={owner.uid} owner={owner} onDelete={hands.pods ? remove : undefined} />
      ))}
    </ul>
  );
}

function Owner({ owner, onDelete }: { owner: OwnerNode; onDelete: ReturnType<typeof useDeletePod> | undefined }) {
  const { words } = useBench();
  const pods = owner.children.filter((child) => child.pod);
  const others = owner.children.filter((child) => !child.pod);
  if (owner.pod) {
    return (
      <li>
        <PodCard pod={owner.pod} showNode onDelete={onDelete} />
      </li>
    );
  }
  const old = owner.kind === "ReplicaSet" && owner.tone === "quiet";
  return (
    <li className="bench-appear">
      <span className={`inline-flex flex-wrap items-center gap-x-2 ${old ? "text-ink-faint" : ""}`}>
        <KindGlyph kind={owner.kind} size={20} />
        <span className="text-sm text-ink-soft">{owner.kind}</span>
        <span className="break-all font-mono text-[0.875rem] font-semibold">{owner.name}</span>
        <span className="inline-flex items-center gap-1 text-sm tabular-nums">
          <ToneMark tone={owner.tone} />
          {owner.detail} <span className="text-ink-faint">{old ? words.owners.old : words.owners.replicas}</span>
        </span>
        {owner.namespace !== "default" && <span className="text-sm text-ink-faint">{owner.namespace}</span>}
      </span>
      {others.length > 0 && (
        <ul>
          {others.map((child) => (
            <Owner key={child.uid} owner={child} onDelete={onDelete} />
          ))}
        </ul>
      )}
      {pods.length > 0 && (
        <ul>
          <li>
            <ul className="!m-0 flex flex-wrap gap-2 !border-0 !p-0">
              {pods.map((child) => (
                <li key={child.uid} className="!p-0 before:!hidden">
                  {child.pod && <PodCard pod={child.pod} showNode onDelete={onDelete} />}
                </li>
              ))}
            </ul>
          </li>
        </ul>
      )}
    </li>
  );
}
