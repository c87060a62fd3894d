import { describe, expect, it } from "vitest";
import { compile, compilePattern, DYN, jsonValue, PatternError, run, TIMESTAMP, type Value } from "./index";

function answer(source: string, self: unknown = {}): Value | string {
  const compiled = compile(source, new Map([["self", DYN]]), []);
  if ("error" in compiled) return compiled.error.split("\n")[0] ?? "";
  const outcome = run(compiled, { self: jsonValue(self) });
  return "error" in outcome ? `error: ${outcome.error}` : outcome.value;
}

const refused = (pattern: string): string => {
  try {
    compilePattern(pattern);
    return "fine";
  } catch (error) {
    if (error instanceof PatternError) return error.message;
    throw error;
  }
};

describe("expressions too large", () => {
  it("are refused when they nest too deeply, in upstream's words", () => {
    expect(answer(`${"[".repeat(300)}1${"]".repeat(300)} == 1`)).toBe("compilation failed: ERROR: <input>:-1:0: expression recursion limit exceeded: 250");
    expect(answer(`1${" + 1".repeat(251)} > 0`)).toBe("compilation failed: ERROR: <input>:-1:0: max recursion depth exceeded");
    expect(answer(`self${".a".repeat(251)}`)).toBe("compilation failed: ERROR: <input>:-1:0: max recursion depth exceeded");
    expect(answer(`1${" + 1".repeat(248)} > 0`)).toBe(true);
  });

  it("may have as many terms as they like", () => {
    expect(answer(`false${" || false".repeat(9000)} || true`)).toBe(true);
    expect(answer(`true${" && true".repeat(9000)}`)).toBe(true);
    expect(answer("self.a == 1 || self.b == 1 || true || self.c == 1")).toBe(true);
  });

  it("never throw when they run", () => {
    expect(answer("'%.101f'.format([1.0])")).toBe("error: could not parse formatting clause: error while parsing precision: precision 101 exceeds maximum allowed precision 100");
    expect(answer("'%.100f'.format([1.0]).size()")).toBe(102n);
    const long = "a".repeat(300_000);
    expect(answer("self.find('a+').size()", long)).toBe(300_000n);
  });
});

describe("what running costs", () => {
  const costOf = (source: string): number => {
    const compiled = compile(source, new Map([["self", DYN]]), []);
    return "error" in compiled ? -1 : run(compiled, { self: jsonValue({ a: { b: 1 } }) }).cost;
  };

  it("is nothing for a look whether something is there", () => {
    expect(costOf("has(self.a.b)")).toBe(2);
    expect(costOf("!has(self.a.c)")).toBe(3);
    expect(costOf("self.a.b == 1")).toBe(4);
  });
});

describe("patterns", () => {
  it("may not ask for more than a thousand copies of the innermost thing", () => {
    expect(refused("(a{2}){500}")).toBe("fine");
    expect(refused("(a{2}){501}")).toBe("error parsing regexp: invalid repeat count: `{501}`");
    expect(refused("((((()){100}){100}){100}){100}")).toBe("error parsing regexp: invalid repeat count: `{100}`");
    expect(refused("a{1001}")).toBe("error parsing regexp: invalid repeat count: `{1001}`");
    expect(refused("a{9999999}")).toBe("error parsing regexp: invalid repeat count: `{9999999}`");
    expect(refused("a{,3}")).toBe("fine");
  });

  it("may nest repetitions without bounds", () => {
    expect(refused(`${"(".repeat(30)}a${")+".repeat(30)}`)).toBe("fine");
    expect(answer("'aab'.find('(a+)+b')")).toBe("aab");
    expect(answer("'xaaay'.find('a{2,}?')")).toBe("aa");
  });

  it("know octal escapes, and no references back", () => {
    expect(answer("'a b'.matches('^a\\\\040b$')")).toBe(true);
    expect(refused("(a)\\1")).toBe("error parsing regexp: invalid escape sequence: `\\1`");
  });
});

describe("what does not exist", () => {
  it("is no moment", () => {
    for (const text of ["2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01", "2024-01-01t00:00:00z"]) {
      expect(answer(`timestamp('${text}')`)).toBe("error: type conversion error from 'string' to 'google.protobuf.Timestamp'");
    }
    expect(answer("timestamp('9999-12-31T23:59:59Z') + duration('1s')")).toBe("error: timestamp overflow");
    expect(answer("timestamp('0000-12-31T23:59:59Z')")).toBe("error: timestamp overflow");
  });

  it("may be a moment of a schema without being one of RFC 3339", () => {
    expect(jsonValue("2024-02-29", TIMESTAMP)).toEqual(jsonValue("2024-02-29t00:00:00z", TIMESTAMP));
  });

  it("is no number", () => {
    expect(answer("18446744073709551615u > 0u")).toBe(true);
    expect(answer("18446744073709551616u > 0u")).toBe("compilation failed: ERROR: <input>:1:1: invalid uint literal");
    expect(answer("9223372036854775808 > 0")).toBe("compilation failed: ERROR: <input>:1:1: invalid int literal");
    expect(answer("1e999 > 0.0")).toBe("compilation failed: ERROR: <input>:1:1: invalid double literal");
    expect(answer("int('9223372036854775808')")).toBe("error: type conversion error from 'string' to 'int'");
    expect(answer("uint('18446744073709551616')")).toBe("error: type conversion error from 'string' to 'uint'");
    expect(answer("uint(1e30)")).toBe("error: unsigned integer overflow");
    expect(answer("duration('9999999h')")).toBe("error: type conversion error from 'string' to 'google.protobuf.Duration'");
  });
});
