/** A number or a percentage, as `maxSurge` and friends take it. */

/** The answer of {@link scaledIntOrPercent}: the number, or upstream's words. */
export type IntOrPercentResult = { readonly value: number } | { readonly error: string };

/** A count, or a percentage of `total` rounded up or down. Upstream: `intstr.GetScaledValueFromIntOrPercent`. */
export function scaledIntOrPercent(intOrPercent: unknown, total: number, roundUp: boolean): IntOrPercentResult {
  if (intOrPercent === undefined || intOrPercent === null) return { error: "nil value for IntOrString" };
  if (typeof intOrPercent === "number") return { value: intOrPercent };
  const prefix = "invalid value for IntOrString: ";
  if (typeof intOrPercent !== "string" || !intOrPercent.endsWith("%")) return { error: `${prefix}invalid type: string is not a percentage` };
  const number = intOrPercent.slice(0, -1);
  if (!/^[+-]?[0-9]{1,15}$/.test(number)) {
    return { error: `${prefix}invalid value ${JSON.stringify(intOrPercent)}: strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax` };
  }
  const product = Number(number) * total;
  const value = roundUp ? Math.ceil(product / 100) : Math.floor(product / 100);
  return { value: value === 0 ? 0 : value };
}

/** As {@link scaledIntOrPercent} for values already validated: what cannot be read counts as `fallback`. */
export function intOrPercentOf(intOrPercent: unknown, total: number, roundUp: boolean, fallback = 0): number {
  const result = scaledIntOrPercent(intOrPercent, total, roundUp);
  return "value" in result ? result.value : fallback;
}
