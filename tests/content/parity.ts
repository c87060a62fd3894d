import { createProcessor } from "@mdx-js/mdx";
import remarkGfm from "remark-gfm";
import remarkFrontmatter from "remark-frontmatter";

/** A node of the syntax tree, as far as parity looks. */
export interface MdxNode {
  readonly type: string;
  readonly name?: string | null;
  readonly depth?: number;
  readonly lang?: string | null;
  readonly meta?: string | null;
  readonly value?: string;
  readonly url?: string;
  readonly attributes?: readonly { readonly type: string; readonly name?: string; readonly value?: unknown }[];
  readonly children?: readonly MdxNode[];
}

const processor = createProcessor({ remarkPlugins: [remarkGfm, remarkFrontmatter] });

/** The syntax tree of a text. @throws when it is not MDX. */
export function parseMdx(text: string): MdxNode {
  return processor.parse(text) as unknown as MdxNode;
}

/** Every node, parents first. */
export function nodesIn(tree: MdxNode): readonly MdxNode[] {
  return [tree, ...(tree.children ?? []).flatMap(nodesIn)];
}

function propsOf(node: MdxNode): string {
  return (node.attributes ?? []).map((attribute) => `${attribute.name ?? attribute.type}=${JSON.stringify(attribute.value ?? true)}`).sort().join(" ");
}

/** A block of code without its comments, which are translated. */
export function withoutComments(code: string): string {
  return code.split("\n").map((line) => line.replace(/(^|\s)#(?! file:).*$/, "").trimEnd()).filter((line) => line !== "").join("\n");
}

/** What must be equal in both languages, in order: headings, components with their props, code, tables' sizes. */
export function skeletonOf(text: string): readonly string[] {
  return nodesIn(parseMdx(text)).flatMap((node) => {
    if (node.type === "heading") return [`heading ${String(node.depth)}`];
    if (node.type === "code") return [`code ${node.lang ?? ""} ${node.meta ?? ""}\n${withoutComments(node.value ?? "")}`];
    if (node.type === "table") return [`table ${String(node.children?.length)}×${String(node.children?.[0]?.children?.length)}`];
    if (node.type === "mdxJsxFlowElement" || node.type === "mdxJsxTextElement") return [`<${node.name ?? ""} ${node.name === "Figure" || node.name === "Note" ? "" : propsOf(node)}>`];
    return [];
  });
}

/** Where the two languages part, or nothing. */
export function partings(what: string, es: string, en: string): readonly string[] {
  const [left, right] = [skeletonOf(es), skeletonOf(en)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    if (left[i] !== right[i]) return [`${what}: es and en part at their ${i + 1}th part: ${JSON.stringify(left[i] ?? "nothing")} / ${JSON.stringify(right[i] ?? "nothing")}`];
  }
  return [];
}
