/** How much text is read at once, and how tangled it may be. */
export interface ManifestLimits {
  /** Size of the whole text in UTF-8 bytes. */
  readonly maxBytes: number;
  /** Levels of nesting in one document. */
  readonly maxDepth: number;
  /** Uses of an alias (`*name`) in the whole text. */
  readonly maxAliases: number;
  readonly maxDocuments: number;
  /** Values one document may grow to once its aliases are replaced by what they stand for. */
  readonly maxValues: number;
}

/** What a request may hold (256 KiB, 64 levels, 100 aliases, 500 documents). */
export const defaultLimits: ManifestLimits = {
  maxBytes: 256 * 1024,
  maxDepth: 64,
  maxAliases: 100,
  maxDocuments: 500,
  maxValues: 200_000,
};

/** What can be wrong with a text before the API has seen it. */
export type ManifestProblemCode =
  | "manifest.syntax"
  | "manifest.control-character"
  | "manifest.bad-separator"
  | "manifest.unknown-anchor"
  | "manifest.unsupported-value"
  | "manifest.unsupported-key"
  | "manifest.duplicate-key"
  | "manifest.too-large"
  | "manifest.too-deep"
  | "manifest.too-many-aliases"
  | "manifest.too-many-documents"
  | "manifest.too-many-values"
  | "manifest.not-an-object"
  | "manifest.missing-kind"
  | "manifest.missing-api-version";

/**
 * One thing wrong, and where.
 *
 * `params.upstream` is what kubectl says after `error: error parsing FILE: ` (syntax and values) or after
 * `error: unable to decode "FILE": ` (documents that are not objects or have no kind); it is absent where kubectl says nothing.
 */
export interface ManifestProblem {
  readonly code: ManifestProblemCode;
  /** A `warning` does not keep the document from being used. */
  readonly severity: "error" | "warning";
  readonly params: Readonly<Record<string, string | number>>;
  /** Line in the whole text, from 1. */
  readonly line: number;
  /** Column, from 1, in UTF-16 units. */
  readonly column: number;
  /** Which document, from 0, counting every document of the text, empty ones included. */
  readonly document: number;
}

/** Where something stands in the text: lines and columns from 1, the end exclusive. */
export interface SourceRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A refusal met while reading; thrown and caught inside this room only. */
export class ManifestRefusal extends Error {
  constructor(
    readonly code: ManifestProblemCode,
    readonly params: Readonly<Record<string, string | number>>,
    /** Offset in the document's own text. */
    readonly offset: number,
  ) {
    super(code);
  }
}
