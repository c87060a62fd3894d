const MARK = /⟦([^⟧]+)⟧/g;

/** A template with its gaps filled; an empty gap keeps its mark. */
export function fillGaps(template: string, values: { readonly [id: string]: string }): string {
  return template.replace(MARK, (mark, id: string) => (values[id] === undefined || values[id] === "" ? mark : values[id]));
}

/** What stands in the gaps of a text made from this template; nothing when it was not. A gap used twice counts once. */
export function readGaps(template: string, text: string): { readonly [id: string]: string } {
  const ids = [...template.matchAll(MARK)].map((mark) => mark[1] ?? "");
  const pattern = template.split(MARK).map((part, index) => (index % 2 === 0 ? part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") : "([^\\n]*?)")).join("");
  const found = new RegExp(`^${pattern}$`).exec(text);
  if (!found) return {};
  return Object.fromEntries(ids.map((id, index) => [id, (found[index + 1] ?? "").replace(`⟦${id}⟧`, "")]).reverse());
}

/** A template in pieces: text, and the gaps between. */
export function gapPieces(template: string): readonly ({ readonly type: "text"; readonly text: string } | { readonly type: "gap"; readonly id: string })[] {
  return template.split(MARK).map((part, index) => (index % 2 === 0 ? { type: "text", text: part } : { type: "gap", id: part }));
}
