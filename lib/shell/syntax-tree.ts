/** Number of a node in {@link Code}. */
export type NodeId = number;

/** One piece of a word. `q` marks what stands in quotes: neither split nor globbed. */
export type WordPart =
  | { readonly t: "lit"; readonly s: string; readonly q: boolean }
  | { readonly t: "var"; readonly name: string; readonly op: VarOp; readonly colon: boolean; readonly arg: Word; readonly q: boolean; readonly second?: Word; readonly index?: Word | "@" | "*"; readonly indirect?: "value" | "keys" | "names" }
  | { readonly t: "sub"; readonly n: NodeId; readonly q: boolean }
  /** `<( … )`: the name of a file that holds what the commands print. */
  | { readonly t: "proc"; readonly n: NodeId }
  | { readonly t: "arith"; readonly w: Word; readonly q: boolean }
  | { readonly t: "tilde" };

/** What `${NAME…}` does with its argument; `len` is `${#NAME}`, `slice` `${NAME:FROM:LENGTH}`, those with a slash replace. */
export type VarOp = "" | "-" | "=" | "+" | "?" | "#" | "##" | "%" | "%%" | "len" | "slice" | "/" | "//" | "/#" | "/%" | "^" | "^^" | "," | ",," | "@Q" | "@U" | "@L" | "@u";

/** A word before expansion. */
export type Word = readonly WordPart[];

/** A redirection; `fd` -1 stands for the default of the operator. For `<<` the word is the document itself. */
export interface Redirection {
  readonly op: ">" | ">>" | "<" | "<>" | ">|" | ">&" | "<&" | "<<" | "<<<" | "&>" | "&>>";
  readonly fd: number;
  readonly word: Word;
}

/** What stands in `[[ … ]]`. */
export type Condition =
  | { readonly k: "and" | "or"; readonly a: Condition; readonly b: Condition }
  | { readonly k: "not"; readonly a: Condition }
  | { readonly k: "word"; readonly word: Word }
  | { readonly k: "unary"; readonly op: string; readonly word: Word }
  | { readonly k: "binary"; readonly op: string; readonly left: Word; readonly right: Word };

/** `name=value`, `name[index]=value` or `name=(items)`; `late`: after the command, which declares it. */
export interface Assignment {
  readonly name: string;
  readonly value: Word;
  readonly isAppended?: true;
  readonly index?: Word;
  readonly items?: readonly { readonly key?: Word; readonly value: Word }[];
  readonly late?: true;
}

/** A command of the grammar. Children are numbers, so that a running shell can point at them from JSON. */
export type ShellNode =
  | { readonly t: "seq"; readonly items: readonly { readonly n: NodeId; readonly bg: boolean }[] }
  | { readonly t: "andor"; readonly first: NodeId; readonly rest: readonly { readonly and: boolean; readonly n: NodeId }[] }
  | { readonly t: "not"; readonly n: NodeId }
  | { readonly t: "pipe"; readonly parts: readonly NodeId[] }
  | {
      readonly t: "cmd";
      readonly assigns: readonly Assignment[];
      readonly words: readonly Word[];
      readonly redirs: readonly Redirection[];
      /** Where it stands, when that is not the first line. */
      readonly line?: number;
    }
  | { readonly t: "group"; readonly n: NodeId }
  | { readonly t: "subshell"; readonly n: NodeId }
  | { readonly t: "redir"; readonly n: NodeId; readonly redirs: readonly Redirection[] }
  | { readonly t: "if"; readonly branches: readonly { readonly cond: NodeId; readonly body: NodeId }[]; readonly otherwise: NodeId }
  | { readonly t: "loop"; readonly until: boolean; readonly cond: NodeId; readonly body: NodeId; readonly step?: NodeId }
  | { readonly t: "for"; readonly name: string; readonly words: readonly Word[] | null; readonly body: NodeId }
  | { readonly t: "case"; readonly word: Word; readonly arms: readonly { readonly patterns: readonly Word[]; readonly body: NodeId }[] }
  | { readonly t: "func"; readonly name: string; readonly body: NodeId }
  | { readonly t: "test"; readonly condition: Condition }
  /** `(( … ))` */
  | { readonly t: "let"; readonly expression: Word; readonly isQuiet?: true }
  /** Where the script no longer makes sense. What stands on the lines before has been run by then. */
  | { readonly t: "broken"; readonly message: string; readonly line: number };

/** The parsed program of a shell: nodes point at one another by number. Node lists only ever grow. */
export interface Code {
  readonly nodes: ShellNode[];
  /** Roots of sources parsed so far, so that a script evaluated in a loop is parsed once. */
  readonly roots: { [source: string]: NodeId };
}

/** A program that cannot be parsed. `line` counts from 1. */
export class ShellSyntaxError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}
