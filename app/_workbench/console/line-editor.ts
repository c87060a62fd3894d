/** A line being typed, its cursor, and what was typed before. */
export interface LineState {
  readonly text: string;
  readonly cursor: number;
  readonly history: readonly string[];
  /** Which line of the history is shown; `history.length` is the new one. */
  readonly at: number;
  /** The new line, kept while the history is walked. */
  readonly draft: string;
}

/** What a key asks of whoever holds the line. */
export type LineDeed = { readonly type: "enter"; readonly line: string } | { readonly type: "interrupt" } | { readonly type: "complete" } | { readonly type: "clear" } | { readonly type: "nothing" };

const MOST_HISTORY = 200;
const NOTHING: LineDeed = { type: "nothing" };

/** An empty line. */
export function emptyLine(history: readonly string[] = []): LineState {
  return { text: "", cursor: 0, history, at: history.length, draft: "" };
}

/** Text put in at the cursor; line ends become spaces, so that a paste never runs by itself. */
export function insert(state: LineState, text: string): LineState {
  const flat = text.replace(/[\r\n\t]+/g, " ").replace(/[\u0000-\u001f\u007f]/g, "");
  return { ...state, text: state.text.slice(0, state.cursor) + flat + state.text.slice(state.cursor), cursor: state.cursor + flat.length };
}

/** The line after it was entered: remembered once, and empty again. */
export function entered(state: LineState): LineState {
  const line = state.text.trim();
  const history = line === "" || state.history.at(-1) === line ? state.history : [...state.history, line].slice(-MOST_HISTORY);
  return emptyLine(history);
}

/** Up and down: lines typed before. */
export function recall(state: LineState, step: 1 | -1): LineState {
  const at = Math.min(state.history.length, Math.max(0, state.at + step));
  if (at === state.at) return state;
  const draft = state.at === state.history.length ? state.text : state.draft;
  const text = at === state.history.length ? draft : (state.history[at] ?? "");
  return { ...state, at, draft, text, cursor: text.length };
}

/** The word at the cursor replaced by a completion: the whole word when it is the only one, what they share when there are several. */
export function completed(state: LineState, words: readonly string[]): LineState {
  const before = state.text.slice(0, state.cursor);
  const word = /\S*$/.exec(before)?.[0] ?? "";
  const only = words.length === 1 ? `${words[0] ?? ""} ` : sharedStart(words);
  if (only.length <= word.length) return state;
  const start = before.length - word.length;
  return { ...state, text: state.text.slice(0, start) + only + state.text.slice(state.cursor), cursor: start + only.length };
}

function sharedStart(words: readonly string[]): string {
  let shared = words[0] ?? "";
  for (const word of words) while (!word.startsWith(shared)) shared = shared.slice(0, -1);
  return shared;
}

const wordBack = (text: string, cursor: number): number => cursor - (/\S*\s*$/.exec(text.slice(0, cursor))?.[0].length ?? 0);

/** What a terminal's key or paste does to the line. */
export function press(state: LineState, data: string): { readonly state: LineState; readonly deed: LineDeed } {
  const only = (next: LineState): { readonly state: LineState; readonly deed: LineDeed } => ({ state: next, deed: NOTHING });
  const { text, cursor } = state;
  switch (data) {
    case "\r":
      return { state: entered(state), deed: { type: "enter", line: text } };
    case "\u0003":
      return { state: emptyLine(state.history), deed: { type: "interrupt" } };
    case "\u000c":
      return { state, deed: { type: "clear" } };
    case "\t":
      return { state, deed: { type: "complete" } };
    case "\u007f":
    case "\b":
      return only(cursor === 0 ? state : { ...state, text: text.slice(0, cursor - 1) + text.slice(cursor), cursor: cursor - 1 });
    case "\u001b[3~":
      return only({ ...state, text: text.slice(0, cursor) + text.slice(cursor + 1) });
    case "\u001b[A":
      return only(recall(state, -1));
    case "\u001b[B":
      return only(recall(state, 1));
    case "\u001b[C":
      return only({ ...state, cursor: Math.min(text.length, cursor + 1) });
    case "\u001b[D":
      return only({ ...state, cursor: Math.max(0, cursor - 1) });
    case "\u001b[H":
    case "\u0001":
      return only({ ...state, cursor: 0 });
    case "\u001b[F":
    case "\u0005":
      return only({ ...state, cursor: text.length });
    case "\u0015":
      return only({ ...state, text: text.slice(cursor), cursor: 0 });
    case "\u000b":
      return only({ ...state, text: text.slice(0, cursor) });
    case "\u0017": {
      const start = wordBack(text, cursor);
      return only({ ...state, text: text.slice(0, start) + text.slice(cursor), cursor: start });
    }
    case "\u001b[1;5D":
      return only({ ...state, cursor: wordBack(text, cursor) });
    case "\u001b[1;5C":
      return only({ ...state, cursor: cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0) });
    default:
      return data.startsWith("\u001b") ? only(state) : only(insert(state, data));
  }
}
