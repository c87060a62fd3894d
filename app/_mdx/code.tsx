import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { CopyButton } from "./copy-button";

/** A code block coloured at build time, with a button that copies it. */
export function CodeBlock({ className = "", style, ...rest }: ComponentProps<"pre">) {
  const t = useTranslations("lesson");
  return (
    <div data-code className="group relative">
      <pre
        {...rest}
        style={style}
        tabIndex={0}
        className={`${className} overflow-x-auto rounded-md border border-line bg-sunken p-4 pr-24 font-mono text-[0.875rem] leading-relaxed`}
      />
      <div className="absolute right-2 top-2">
        <CopyButton words={{ copy: t("copy"), copied: t("copied") }} />
      </div>
    </div>
  );
}

/** A table that scrolls inside its own box on a narrow screen. */
export function Table(props: ComponentProps<"table">) {
  return (
    <div className="relative overflow-x-auto" tabIndex={0}>
      <table {...props} />
    </div>
  );
}

/** A column's heading. An empty one, above a column that names its rows, is an ordinary cell. */
export function ColumnHeading({ children, ...rest }: ComponentProps<"th">) {
  if (children === undefined || children === null || children === "") return <td />;
  return (
    <th scope="col" {...rest}>
      {children}
    </th>
  );
}
