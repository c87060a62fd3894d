/**
 * Adds `export const toc = [{ id, depth, text }]` to every MDX module, from its h2 and h3 headings.
 * Plain JavaScript because Turbopack loads MDX plugins by absolute path, outside the TypeScript build.
 */
export default function rehypeToc() {
  return (tree) => {
    const entries = [];
    collect(tree, entries);
    const declaration = {
      type: "VariableDeclaration",
      kind: "const",
      declarations: [{ type: "VariableDeclarator", id: { type: "Identifier", name: "toc" }, init: arrayOf(entries) }],
    };
    tree.children.unshift({
      type: "mdxjsEsm",
      value: "",
      data: {
        estree: {
          type: "Program",
          sourceType: "module",
          body: [{ type: "ExportNamedDeclaration", specifiers: [], source: null, attributes: [], declaration }],
        },
      },
    });
  };
}

function collect(node, entries) {
  if (node.type === "element" && /^h[23]$/.test(node.tagName) && node.properties?.id) {
    entries.push({ id: String(node.properties.id), depth: Number(node.tagName[1]), text: textOf(node) });
  }
  for (const child of node.children ?? []) collect(child, entries);
}

function textOf(node) {
  return node.type === "text" ? node.value : (node.children ?? []).map(textOf).join("");
}

function arrayOf(entries) {
  return { type: "ArrayExpression", elements: entries.map(objectOf) };
}

function objectOf(entry) {
  return {
    type: "ObjectExpression",
    properties: Object.entries(entry).map(([name, value]) => ({
      type: "Property",
      kind: "init",
      method: false,
      shorthand: false,
      computed: false,
      key: { type: "Identifier", name },
      value: { type: "Literal", value },
    })),
  };
}
