"use client";
import { KindGlyph } from "@/app/_ui/kind";
import { fill, useBench, useSlices } from "../bench-context";
import type { FolderView } from "../worker/view-model";
import { Nothing } from "./parts";

/** Which folders there are, who shares them, and what each pod sees in them. */
export function FoldersView() {
  useSlices(["folders"]);
  const { state, words } = useBench();
  const folders = state.view.folders;
  if (!folders || folders.length === 0) return <Nothing looked={folders !== undefined} text={words.folders.empty} />;
  return (
    <ul className="flex flex-col gap-3">
      {folders.map((folder) => (
        <Folder key={folder.id} folder={folder} />
      ))}
    </ul>
  );
}

function Folder({ folder }: { folder: FolderView }) {
  const { words } = useBench();
  const { pods } = folder;
  const seen = pods.length === 0 ? words.folders.none : pods.length === 1 ? words.folders.one : fill(words.folders.shared, { n: pods.length });
  return (
    <li className={`bench-appear rounded-md border p-3 text-sm ${folder.kind === "claim" ? "border-line-strong" : "border-dashed border-line-strong"}`}>
      <p className="flex flex-wrap items-center gap-x-2">
        <KindGlyph kind={folder.kind === "claim" ? "PersistentVolumeClaim" : folder.kind === "scratch" ? "Volume" : "Pod"} size={20} />
        <span className="text-ink-soft">{words.folders[folder.kind]}</span>
        <span className="break-all font-mono font-semibold">{folder.name}</span>
        <span className="text-ink-faint">{folder.detail}</span>
      </p>
      {folder.kind === "own" && <p className="text-ink-faint">{words.folders.ownHint}</p>}
      <div className="mt-2 grid gap-3 sm:grid-cols-2">
        <div>
          <p className="font-semibold">{seen}</p>
          <ul className="font-mono text-[0.8125rem] text-ink-soft">
            {pods.map((pod) => (
              <li key={`${pod.pod} ${pod.path}`} className="break-all">
                {pod.pod} <span className="text-ink-faint">{`${pod.node} ${pod.path}`}</span>
              </li>
            ))}
          </ul>
        </div>
        <div>
          <p className="font-semibold">{words.folders.files}</p>
          {folder.files.length === 0 && <p className="text-ink-faint">{words.folders.noFiles}</p>}
          <ul className="font-mono text-[0.8125rem]">
            {folder.files.map((file) => (
              <li key={file.path} className="bench-appear">
                <details>
                  <summary className="break-all">
                    {file.path} <span className="text-ink-faint">{fill(words.folders.bytes, { n: file.size })}</span>
                  </summary>
                  <pre tabIndex={0} className="max-h-32 overflow-auto whitespace-pre-wrap break-all border-l-2 border-line pl-2 text-ink-soft">
                    {file.text}
                  </pre>
                </details>
              </li>
            ))}
          </ul>
          {folder.more > 0 && <p className="text-ink-faint">{fill(words.folders.more, { n: folder.more })}</p>}
        </div>
      </div>
    </li>
  );
}
