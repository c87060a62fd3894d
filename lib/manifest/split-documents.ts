/** One document of a text: what stands between two separators. */
export interface DocumentText {
  readonly text: string;
  /** Lines of the whole text before this document's first. */
  readonly linesBefore: number;
  /** Offset of `text` in the whole text. */
  readonly offset: number;
  /** What follows `---` on the separator's line when it is neither blank nor a comment: a mistake that ends the reading. */
  readonly badSeparator?: string;
}

/**
 * Cuts a text into documents as kubectl does, before any YAML is read: at each line that begins with `---`. So a broken
 * document does not spoil the next one, and line numbers in messages count from the separator.
 */
export function* splitDocuments(text: string): Generator<DocumentText> {
  let start = 0;
  let linesBefore = 0;
  let position = 0;
  let line = 0;
  while (position <= text.length) {
    const end = text.indexOf("\n", position);
    const next = end < 0 ? text.length : end + 1;
    if (text.startsWith("---", position)) {
      const rest = text.slice(position + 3, next).trim();
      if (position > start) yield { text: text.slice(start, position), linesBefore, offset: start };
      if (rest !== "" && !rest.startsWith("#")) {
        yield { text: "", linesBefore: line, offset: position, badSeparator: rest };
        return;
      }
      // The very first separator stays with its document and counts as its line 1; later ones do not.
      if (position === 0) {
        start = 0;
      } else {
        start = next;
        linesBefore = line + 1;
      }
    }
    line += 1;
    if (end < 0) break;
    position = next;
  }
  if (start < text.length) yield { text: text.slice(start), linesBefore, offset: start };
}
