import { describe, expect, test } from "vitest";
import { Memory } from "./memory";

function counted<V>(work: (text: string) => V): { readonly of: (text: string) => V; readonly asked: string[] } {
  const asked: string[] = [];
  return { asked, of: (text) => (asked.push(text), work(text)) };
}

describe("a memory", () => {
  test("worksOutOnce_andAnswersTheSame", () => {
    const memory = new Memory<string>(10);
    const upper = counted((text) => text.toUpperCase());
    expect([memory.of("a", upper.of), memory.of("b", upper.of), memory.of("a", upper.of)]).toEqual(["A", "B", "A"]);
    expect(upper.asked).toEqual(["a", "b"]);
  });

  test("keepsNoMoreThanItMay_andNoLongTexts", () => {
    const memory = new Memory<string>(2, 3);
    const upper = counted((text) => text.toUpperCase());
    for (const text of ["a", "b", "c", "c", "a", "long", "long"]) expect(memory.of(text, upper.of)).toBe(text.toUpperCase());
    expect(upper.asked).toEqual(["a", "b", "c", "a", "long", "long"]);
  });

  test("remembersNought_andNotThatThereIsNothing", () => {
    const memory = new Memory<number | undefined>(10);
    const read = counted((text) => (text === "" ? undefined : text.length - 1));
    expect(["x", "x", "", ""].map((text) => memory.of(text, read.of))).toEqual([0, 0, undefined, undefined]);
    expect(read.asked).toEqual(["x", "", ""]);
  });
});
