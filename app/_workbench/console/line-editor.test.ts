import { describe, expect, test } from "vitest";
import { completed, emptyLine, press, type LineState } from "./line-editor";

const type = (state: LineState, ...keys: readonly string[]): LineState => keys.reduce((line, key) => press(line, key).state, state);

describe("a line being typed", () => {
  test("letters go in at the cursor", () => {
    expect(type(emptyLine(), "ac", "\u001b[D", "b").text).toBe("abc");
  });
  test("entering remembers the line once", () => {
    const line = type(emptyLine(), "ls", "\r", "ls", "\r");
    expect(line.history).toEqual(["ls"]);
    expect(line.text).toBe("");
  });
  test("up and down walk through what was typed and come back to the new line", () => {
    const line = type(emptyLine(["a", "b"]), "c", "\u001b[A", "\u001b[A");
    expect(line.text).toBe("a");
    expect(type(line, "\u001b[B", "\u001b[B").text).toBe("c");
  });
  test("a paste of several lines does not run by itself", () => {
    const pasted = press(emptyLine(), "one\r\ntwo");
    expect(pasted.deed.type).toBe("nothing");
    expect(pasted.state.text).toBe("one two");
  });
  test("one completion ends the word, several give what they share", () => {
    expect(completed(type(emptyLine(), "kubectl g"), ["get"]).text).toBe("kubectl get ");
    expect(completed(type(emptyLine(), "kubectl get d"), ["daemonsets", "deployments"]).text).toBe("kubectl get d");
    expect(completed(type(emptyLine(), "cat w"), ["web-1.yaml", "web-2.yaml"]).text).toBe("cat web-");
  });
  test("control keys cut to the start, to the end and a word back", () => {
    expect(type(emptyLine(), "one two", "\u0017").text).toBe("one ");
    expect(type(emptyLine(), "one two", "\u0001", "\u000b").text).toBe("");
    expect(type(emptyLine(), "one two", "\u0015").text).toBe("");
  });
  test("control-C gives up the line", () => {
    expect(press(type(emptyLine(), "abc"), "\u0003")).toMatchObject({ deed: { type: "interrupt" }, state: { text: "" } });
  });
});
