import type { Literal } from "./ast";
import type { Token } from "./lexer";

const INT_MAX = 9223372036854775807n;
const UINT_MAX = 18446744073709551615n;

/** A number as it is written, its sign included, and what is wrong with it. */
export function readNumber({ type, value }: Token, negative: boolean): { readonly value: Literal; readonly problem?: string } {
  if (type === "float") {
    const number = Number(value);
    return { value: negative ? -number : number, ...(Number.isFinite(number) ? {} : { problem: "invalid double literal" }) };
  }
  const magnitude = BigInt(value);
  if (type === "uint") return { value: { uint: magnitude }, ...(magnitude > UINT_MAX ? { problem: "invalid uint literal" } : {}) };
  const signed = negative ? -magnitude : magnitude;
  return { value: signed, ...(signed > INT_MAX || signed < -INT_MAX - 1n ? { problem: "invalid int literal" } : {}) };
}
