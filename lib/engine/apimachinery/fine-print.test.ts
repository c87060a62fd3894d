import { describe, expect, it } from "vitest";
import { compileLabelSelector, formatSelector, parseSelector } from "./labels";
import { canonicalQuantity, parseQuantity } from "./quantity";

describe("the fine print of amounts", () => {
  it("negative binary amounts of any size keep their suffix", () => {
    expect(canonicalQuantity("-7Pi")).toBe("-7Pi");
    expect(canonicalQuantity("-99.5Gi")).toBe("-101888Mi");
  });

  it("a suffix alone is nothing, unless it is too big to be read at once", () => {
    expect(canonicalQuantity("Gi")).toBe("0");
    expect(parseQuantity("Ei")).toEqual({ error: "unable to parse numeric part of quantity" });
  });
});

describe("the fine print of selectors", () => {
  const told = (text: string): string => {
    const result = parseSelector(text);
    return "error" in result ? result.error : formatSelector(result.selector);
  };

  it("empty values may stand anywhere in a list", () => {
    expect(told("x in (a,,)")).toBe("x in (,a)");
    expect(told("x in (a,,b)")).toBe("x in (,a,b)");
  });

  it("bounds are numbers of 64 bits", () => {
    expect(told("x>9223372036854775807")).toBe("x>9223372036854775807");
    expect(told("x>9223372036854775808")).toContain("the value must be an integer");
  });

  it("values are complained about in the order they were given", () => {
    const result = compileLabelSelector({ matchExpressions: [{ key: "a", operator: "Exists", values: ["b", "a"] }] });
    expect(result).toEqual({ error: 'values: Invalid value: ["b","a"]: values set must be empty for exists and does not exist' });
  });
});
