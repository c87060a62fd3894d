import * as q from "@/lib/engine/apimachinery/quantity";
import { compare, type Adapter } from "./adapter";

function must(text: string): q.Quantity {
  const result = q.parseQuantity(text);
  if ("error" in result) throw new Error(result.error);
  return result.quantity;
}

/** `api/quantity`: parse and arithmetic. A milliValue the recording left out is not compared. */
export const quantity: Adapter = ({ input, expected }) => {
  if (input.op === "arith") {
    const [a, b] = [must(String(input.a)), must(String(input.b))];
    const cmp = q.compareQuantities(a, b);
    return compare({ add: q.formatQuantity(q.addQuantities(a, b)), sub: q.formatQuantity(q.subtractQuantities(a, b)), cmp, equal: cmp === 0 }, expected);
  }
  const result = q.parseQuantity(String(input.quantity));
  if ("error" in result) return compare({ error: result.error }, expected);
  const { quantity: parsed } = result;
  const value = q.quantityValue(parsed);
  const milli = q.quantityMilli(parsed);
  const got: Record<string, unknown> = { canonical: q.formatQuantity(parsed), format: parsed.format, sign: q.quantitySign(parsed) };
  if (expected.value !== undefined) got.value = String(value);
  if (expected.milliValue !== undefined) got.milliValue = String(milli);
  return compare(got, expected);
};
