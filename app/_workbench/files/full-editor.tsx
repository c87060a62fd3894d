"use client";
import { use, useEffect, useRef } from "react";
import { fill, useBench } from "../bench-context";
import { loadMonaco, type Monaco } from "./monaco-loader";
import { knowKubernetes, themeFor } from "./monaco-kubernetes";
import type { EditorProps } from "./plain-editor";

/** The full editor (Monaco), with fields, values and errors of our own API server. Throws when it cannot be loaded. */
export function FullEditor(props: EditorProps) {
  return <Mounted {...props} monaco={use(loadMonaco())} />;
}

function Mounted({ monaco, path, text, problems, onChange, onSave }: EditorProps & { monaco: Monaco }) {
  const { session, words } = useBench();
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<ReturnType<Monaco["editor"]["create"]> | null>(null);
  const hands = useRef({ text, onChange, onSave });
  useEffect(() => {
    hands.current = { text, onChange, onSave };
  });
  const label = fill(words.files.editor, { path });
  useEffect(() => {
    if (!box.current) return;
    const model = monaco.editor.createModel(hands.current.text, /\.ya?ml$/.test(path) ? "yaml" : "plaintext", monaco.Uri.parse(`timonel:/${crypto.randomUUID()}/${encodeURIComponent(path)}`));
    model.updateOptions({ tabSize: 2, insertSpaces: true });
    const made = monaco.editor.create(box.current, {
      model,
      theme: themeFor(monaco),
      ariaLabel: label,
      automaticLayout: true,
      minimap: { enabled: false },
      fontSize: 14,
      fontFamily: getComputedStyle(box.current).getPropertyValue("--font-code") || "monospace",
      lineNumbersMinChars: 3,
      folding: true,
      scrollBeyondLastLine: false,
      // The number of a last empty line is as legible as the others.
      renderFinalNewline: "on",
      wordBasedSuggestions: "off",
      fixedOverflowWidgets: true,
      tabFocusMode: false,
      quickSuggestions: { other: true, comments: false, strings: true },
      renderLineHighlight: "line",
      padding: { top: 8, bottom: 8 },
      stickyScroll: { enabled: false },
      contextmenu: false,
    });
    editor.current = made;
    const knowing = knowKubernetes(monaco, model, session);
    made.onDidChangeModelContent(() => hands.current.onChange(made.getValue()));
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => hands.current.onSave());
    const themes = new MutationObserver(() => monaco.editor.setTheme(themeFor(monaco)));
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      editor.current = null;
      themes.disconnect();
      knowing.dispose();
      made.dispose();
      model.dispose();
    };
  }, [monaco, session, path, label]);
  // The disk may have changed beneath (a reset, an undo): what is shown follows.
  useEffect(() => {
    const made = editor.current;
    if (made && made.getValue() !== text) made.setValue(text);
  }, [text]);
  useEffect(() => {
    const model = editor.current?.getModel();
    if (!model) return;
    monaco.editor.setModelMarkers(
      model,
      "timonel",
      problems.map((problem) => ({
        startLineNumber: problem.line,
        startColumn: problem.column,
        endLineNumber: problem.endLine,
        endColumn: Math.max(problem.endColumn, problem.endLine === problem.line ? problem.column + 1 : 1),
        message: problem.upstream === "" ? problem.message : `${problem.message}\n${problem.upstream}`,
        severity: problem.severity === "error" ? monaco.MarkerSeverity.Error : monaco.MarkerSeverity.Warning,
      })),
    );
  }, [monaco, problems]);
  return <div ref={box} className="h-full min-h-56 w-full" />;
}
