"use client";
import { Component, lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { fill, useBench } from "../bench-context";
import { AskSure } from "./ask-sure";
import type { Diagnosis } from "../worker/protocol";
import { PlainEditor, type EditorProps } from "./plain-editor";
import type { Drafts } from "./use-drafts";

const FullEditor = lazy(async () => ({ default: (await import("./full-editor")).FullEditor }));
const NAME = /^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]{1,120}$/;
const PAUSE = 450;
const PREFERENCE = "timonel.editor";

/** The plain editor for who chose it, on touch screens, and where there is little room. */
function prefersPlain(): boolean {
  try {
    const chosen = window.localStorage.getItem(PREFERENCE);
    if (chosen !== null) return chosen === "plain";
  } catch {
    // Without a memory, by the looks of the screen.
  }
  return window.matchMedia("(pointer: coarse)").matches || window.innerWidth < 640;
}

function rememberPlain(plain: boolean): void {
  try {
    window.localStorage.setItem(PREFERENCE, plain ? "plain" : "full");
  } catch {
    // The choice holds for this visit.
  }
}

/** The files of the bench's disk in tabs, with an editor that knows Kubernetes. */
export function FilesPanel({ drafts, first }: { drafts: Drafts; first?: string }) {
  const { session, state, words } = useBench();
  const files = state.view.files ?? {};
  const paths = [...new Set([...Object.keys(files), ...Object.keys(drafts.texts)])].sort();
  const [chosen, choose] = useState(first ?? "");
  const [asking, ask] = useState<"new" | "rename" | "remove" | null>(null);
  const path = paths.includes(chosen) ? chosen : (paths[0] ?? "");
  const text = drafts.texts[path] ?? files[path] ?? "";
  const dirty = Object.hasOwn(drafts.texts, path);
  const problems = useDiagnosis(path, text);
  const [plain, setPlain] = useState(prefersPlain);

  const apply = async (): Promise<void> => {
    await drafts.save(path);
    await session.run(`kubectl apply -f ${path}`);
  };
  const create = async (name: string): Promise<void> => {
    await session.send({ type: "save-file", path: name, text: "" });
    choose(name);
    ask(null);
  };
  const rename = async (name: string): Promise<void> => {
    await session.send({ type: "save-file", path: name, text });
    await session.send({ type: "delete-file", path });
    drafts.forget(path);
    choose(name);
    ask(null);
  };
  const remove = async (): Promise<void> => {
    if (Object.hasOwn(files, path)) await session.send({ type: "delete-file", path });
    drafts.forget(path);
    ask(null);
  };
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex items-end gap-1 overflow-x-auto border-b border-line px-2 pt-1" role="tablist" aria-label={words.files.tabs}>
        {paths.map((name) => (
          <button key={name} type="button" role="tab" aria-selected={name === path} aria-controls="bench-file" onClick={() => choose(name)} className="bench-tab font-mono">
            {name}
            {Object.hasOwn(drafts.texts, name) && (
              <span className="text-signal" title={words.files.dirty}>
                <span aria-hidden="true"> ●</span>
                <span className="sr-only"> {words.files.dirty}</span>
              </span>
            )}
          </button>
        ))}
      </div>
      <div className="flex shrink-0 items-center gap-x-1 overflow-x-auto border-b border-line px-2 py-1" role="group" tabIndex={0} aria-label={words.files.actions}>
        <button type="button" className="bench-tool" onClick={() => ask("new")}>
          {words.files.new}
        </button>
        {path !== "" && (
          <>
            <button type="button" className="bench-tool" onClick={() => ask("rename")}>
              {words.files.rename}
            </button>
            <button type="button" className="bench-tool" onClick={() => ask("remove")}>
              {words.files.remove}
            </button>
            <button type="button" className="bench-tool" onClick={() => download(path, text)}>
              {words.files.download}
            </button>
            <span className="grow" />
            <button type="button" className="bench-tool" disabled={!dirty} onClick={() => void drafts.save(path)}>
              {words.files.save}
            </button>
            {/\.(ya?ml|json)$/.test(path) && (
              <button type="button" className="bench-tool bench-tool-strong" title={fill(words.files.applyHint, { path })} disabled={state.busy} onClick={() => void apply()}>
                {words.files.apply}
              </button>
            )}
          </>
        )}
      </div>
      {asking === "new" && <AskName taken={paths} first="" onCancel={() => ask(null)} onName={create} />}
      {asking === "rename" && <AskName key={path} taken={paths} first={path} onCancel={() => ask(null)} onName={rename} />}
      {asking === "remove" && <AskSure text={fill(words.files.removeAsk, { path })} yes={words.files.remove} no={words.files.cancel} onYes={remove} onNo={() => ask(null)} />}
      {path === "" ? (
        <p className="p-6 text-ink-soft">{words.files.empty}</p>
      ) : (
        <div id="bench-file" role="tabpanel" aria-label={path} className="min-h-0 grow">
          <Editor key={path} plain={plain} path={path} text={text} problems={problems} onChange={(next) => drafts.write(path, next)} onSave={() => void drafts.save(path)} />
        </div>
      )}
      {path !== "" && (
        <div className="flex shrink-0 items-start border-t border-line">
          <div className="min-w-0 grow">
            <Problems problems={problems} />
          </div>
          <button
            type="button"
            className="bench-tool"
            onClick={() => {
              rememberPlain(!plain);
              setPlain(!plain);
            }}
          >
            {plain ? words.files.rich : words.files.plain}
          </button>
        </div>
      )}
    </div>
  );
}

/** Monaco where it can be, a text box on touch screens, when it fails to load, and for who prefers it. */
function Editor(props: EditorProps & { plain: boolean }) {
  const { words } = useBench();
  if (props.plain) return <PlainEditor {...props} />;
  return (
    <OrElse otherwise={<PlainEditor {...props} />}>
      <Suspense fallback={<p className="skeleton p-4 text-sm text-ink-faint">{words.files.loading}</p>}>
        <FullEditor {...props} />
      </Suspense>
    </OrElse>
  );
}

/** What to show when the rest could not be loaded. */
class OrElse extends Component<{ otherwise: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.otherwise : this.props.children;
  }
}

/** Errors of a text, looked for once the typing pauses. */
function useDiagnosis(path: string, text: string): readonly Diagnosis[] {
  const { session, state } = useBench();
  const [found, setFound] = useState<{ readonly path: string; readonly list: readonly Diagnosis[] }>({ path: "", list: [] });
  const ready = state.status === "ready";
  useEffect(() => {
    if (path === "" || !ready) return;
    let wanted = true;
    const later = setTimeout(() => {
      void session.ask((api, bench) => api.diagnose(bench, path, text)).then((list) => wanted && list && setFound({ path, list }));
    }, PAUSE);
    return () => {
      wanted = false;
      clearTimeout(later);
    };
  }, [session, path, text, ready]);
  return found.path === path ? found.list : [];
}

/** The errors as a list: what the lines under the text say, for everybody. */
function Problems({ problems }: { problems: readonly Diagnosis[] }) {
  const { words } = useBench();
  if (problems.length === 0) return <p className="px-3 py-1 text-sm text-ink-faint">{words.files.noProblems}</p>;
  return (
    <details className="max-h-40 overflow-auto bg-danger-wash text-sm">
      <summary className="px-3 py-1 font-semibold text-danger">{problems.length === 1 ? words.files.problem : fill(words.files.problems, { n: problems.length })}</summary>
      <ul className="space-y-1 px-3 pb-2">
        {problems.map((problem, index) => (
          <li key={index}>
            <span className="font-semibold">{fill(words.files.line, { n: problem.line })}.</span> {problem.message}
            {problem.upstream !== "" && (
              <span className="text-ink-soft">
                {" "}
                {words.files.upstream} <code className="font-mono text-[0.8125rem]">{problem.upstream}</code>
              </span>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}

function AskName({ first, taken, onName, onCancel }: { first: string; taken: readonly string[]; onName: (name: string) => Promise<void>; onCancel: () => void }) {
  const { words } = useBench();
  const [name, setName] = useState(first);
  const wrong = name === "" || name === first ? "" : !NAME.test(name) ? words.files.bad : taken.includes(name) ? words.files.taken : "";
  return (
    <form
      className="flex flex-wrap items-center gap-2 border-b border-line bg-signal-wash px-3 py-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (name !== "" && name !== first && wrong === "") void onName(name);
      }}
    >
      <label className="flex grow items-center gap-2 text-sm">
        {words.files.name}
        <input autoFocus value={name} onChange={(event) => setName(event.target.value)} aria-invalid={wrong !== ""} spellCheck={false} className="input min-h-9 max-w-64 font-mono" />
      </label>
      {wrong !== "" && (
        <span role="alert" className="text-sm text-danger">
          {wrong}
        </span>
      )}
      <button type="submit" className="button button-small">
        {words.files.ok}
      </button>
      <button type="button" className="button button-quiet button-small" onClick={onCancel}>
        {words.files.cancel}
      </button>
    </form>
  );
}

function download(path: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = path.replace(/^.*\//, "");
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
