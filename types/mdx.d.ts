declare module "*.mdx" {
  import type { MDXProps } from "mdx/types";
  import type { JSX } from "react";

  /** The page's contents: its h2 and h3 headings, in order. */
  export const toc: readonly { readonly id: string; readonly depth: number; readonly text: string }[];
  /** A lesson's or a task's prose, with the components of `mdx-components.tsx` unless the page gives others. */
  export default function MDXContent(props: MDXProps): JSX.Element;
}
