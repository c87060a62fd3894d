import { describe, expect, test } from "vitest";
import { aligned, alignRows, describeLayout } from "./tab-writer";

describe("alignment", () => {
  test("a column reaches over neighbouring lines that have it, and no further", () => {
    expect(aligned("Name:\tweb\nLabels:\ta=b\n\tc=d\nContainers:\n  web:\n    Image:\tx\n    Port:\t80/TCP\n", describeLayout)).toBe(
      "Name:    web\nLabels:  a=b\n         c=d\nContainers:\n  web:\n    Image:  x\n    Port:   80/TCP\n",
    );
  });

  test("inner columns are set within outer ones", () => {
    expect(aligned("Port:\t<unset>\t80/TCP\nTargetPort:\t80/TCP\n", describeLayout)).toBe("Port:        <unset>  80/TCP\nTargetPort:  80/TCP\n");
  });

  test("tables keep at least six characters a column and three blanks between", () => {
    expect(alignRows([["N", "AGE"], ["é", "1s"]]).text).toBe("N     AGE\né     1s\n");
  });

  test("a watched table remembers how wide its columns were", () => {
    const first = alignRows([["NAME", "AGE"], ["a-long-name", "1s"]]);
    expect(alignRows([["b", "2s"]], first.widths).text).toBe("b             2s\n");
  });
});
