"use client";
import { useLayoutEffect, useRef, type ReactNode } from "react";

/** The text each node had when it was served, with its `{{places}}`. */
const templates = new WeakMap<Text, string>();

/** The task's text with the variant's values in its `{{places}}`. The text comes ready from the server: only its words are touched. */
export function TaskText({ params, children }: { params: { readonly [name: string]: string | number | boolean }; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (!box.current) return;
    const walker = document.createTreeWalker(box.current, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const template = templates.get(node) ?? node.data;
      if (!template.includes("{{")) continue;
      templates.set(node, template);
      const text = template.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (Object.hasOwn(params, name) ? String(params[name]) : whole));
      if (node.data !== text) node.data = text;
    }
  });
  return <div ref={box}>{children}</div>;
}
