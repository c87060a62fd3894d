import type { Session } from "../session";
import type { Suggestion } from "../worker/protocol";
import type { Monaco } from "./monaco-loader";

type Model = ReturnType<Monaco["editor"]["createModel"]>;

/** Completion and hover of one model from the bench's own API server. */
export function knowKubernetes(monaco: Monaco, model: Model, session: Session): { dispose(): void } {
  const fields = monaco.languages.registerCompletionItemProvider("yaml", {
    triggerCharacters: [" ", "\n", "-"],
    async provideCompletionItems(asked, position) {
      if (asked !== model) return { suggestions: [] };
      const place = { text: model.getValue(), line: position.lineNumber, column: position.column };
      const found = (await session.ask((api, bench) => api.completeField(bench, place))) ?? [];
      const word = model.getWordUntilPosition(position);
      const range = { startLineNumber: position.lineNumber, endLineNumber: position.lineNumber, startColumn: word.startColumn, endColumn: word.endColumn };
      return { suggestions: found.map((item, index) => ({ label: item.label, kind: kindOf(monaco, item), insertText: item.insert, detail: item.detail, documentation: item.documentation, range, sortText: String(index).padStart(4, "0") })) };
    },
  });
  const hovers = monaco.languages.registerHoverProvider("yaml", {
    async provideHover(asked, position) {
      if (asked !== model) return null;
      const place = { text: model.getValue(), line: position.lineNumber, column: position.column };
      const text = await session.ask((api, bench) => api.hover(bench, place));
      return text === null || text === "" ? null : { contents: [{ value: text }] };
    },
  });
  return {
    dispose() {
      fields.dispose();
      hovers.dispose();
    },
  };
}

function kindOf(monaco: Monaco, { kind }: Suggestion): number {
  const kinds = monaco.languages.CompletionItemKind;
  return kind === "field" ? kinds.Property : kind === "value" ? kinds.Value : kinds.Snippet;
}

/** A theme made of the page's own colours, defined anew each time the page's theme changes. */
export function themeFor(monaco: Monaco): string {
  const style = getComputedStyle(document.documentElement);
  const theme = document.documentElement.dataset["theme"] ?? "light";
  // Monaco wants six digits; a style sheet made small may say three.
  const colour = (name: string): string => style.getPropertyValue(name).trim().replace(/^#([0-9a-f])([0-9a-f])([0-9a-f])$/i, "#$1$1$2$2$3$3");
  const token = (name: string): string => colour(name).replace("#", "");
  monaco.editor.defineTheme(`timonel-${theme}`, {
    base: theme === "light" ? "vs" : theme === "contrast" ? "hc-black" : "vs-dark",
    inherit: true,
    rules: [
      { token: "type", foreground: token("--kind-workload") },
      { token: "string", foreground: token("--success") },
      { token: "string.yaml", foreground: token("--ink") },
      { token: "number", foreground: token("--kind-network") },
      { token: "keyword", foreground: token("--kind-network") },
      { token: "comment", foreground: token("--ink-faint") },
      { token: "operators", foreground: token("--ink-soft") },
    ],
    colors: {
      "editor.background": colour("--surface"),
      "editor.foreground": colour("--ink"),
      "editorLineNumber.foreground": colour("--ink-faint"),
      "editorLineNumber.activeForeground": colour("--ink"),
      "editorCursor.foreground": colour("--signal"),
      "editor.lineHighlightBackground": colour("--sunken"),
      "editorWidget.background": colour("--surface"),
      "editorSuggestWidget.background": colour("--surface"),
      "editorHoverWidget.background": colour("--surface"),
      "editorError.foreground": colour("--danger"),
      "editorWarning.foreground": colour("--signal"),
      focusBorder: colour("--focus"),
    },
  });
  return `timonel-${theme}`;
}
