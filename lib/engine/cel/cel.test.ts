import { describe, expect, it } from "vitest";
import { BOOL, compile, DYN, INT, jsonValue, listOf, mapOf, objectType, run, STRING, type Type, type Value } from "./index";

const self = { name: "web-1", size: 3, ratio: 0.5, tags: ["a", "b", "b"], ports: [{ name: "http", port: 80 }, { name: "https", port: 443 }], labels: { app: "web", tier: "front" }, cpu: "500m", when: "2024-02-29T12:30:00Z", "with-dash": 1, namespace: "x", nothing: null };

function answer(source: string, wanted: readonly Type[] = []): Value | string {
  const compiled = compile(source, new Map([["self", DYN]]), wanted);
  if ("error" in compiled) return compiled.error;
  const outcome = run(compiled, { self: jsonValue(self) });
  return "error" in outcome ? `error: ${outcome.error}` : outcome.value;
}

const TRUE: readonly string[] = [
  // operators
  "1 + 2 * 3 == 7", "7 % 3 == 1", "-7 / 2 == -3", "1.5 + 1.5 == 3.0", "dyn(1) == 1.0", "2u > 1", "'a' + 'b' == 'ab'", "!(true && false) || false", "true ? true : false", "[1, 2] + [3] == [1, 2, 3]", "'b' in ['a', 'b']", "'app' in self.labels", "!('x' in self.labels)", "{'a': 1}['a'] == 1", "[1, 2, 3][1] == 2", "0x10 == 16", "1e3 == 1000.0", "null == null", "self.nothing == null", "r'\\d' == '\\\\d'", "'\\u00e9' == 'é'", "b'abc' == b'abc'", "false && self.missing == 1 || true", "self.missing == 1 || true",
  // macros
  "has(self.name) && !has(self.missing)", "self.ports.all(p, p.port > 0)", "self.ports.exists(p, p.name == 'http')", "self.tags.exists_one(t, t == 'a')", "self.ports.map(p, p.port) == [80, 443]", "self.ports.filter(p, p.port > 100).size() == 1", "self.tags.map(t, t != 'a', t + '!') == ['b!', 'b!']", "self.labels.all(k, self.labels[k] != '')", "self.labels.exists(k, v, k == 'app' && v == 'web')", "[1, 2].all(i, v, v == i + 1)", "[1, 2].transformList(i, v, v * 2) == [2, 4]", "self.labels.transformMap(k, v, v + k) == {'app': 'webapp', 'tier': 'fronttier'}", "[3, 1, 2].sortBy(x, x) == [1, 2, 3]", "[].all(x, false)", "!([].exists(x, true))",
  // text
  "self.name.startsWith('web') && self.name.endsWith('-1') && self.name.contains('b-')", "self.name.matches('^[a-z]+-[0-9]$')", "'hello world'.split(' ') == ['hello', 'world']", "'a,b,c'.split(',', 2) == ['a', 'b,c']", "['a', 'b'].join('-') == 'a-b'", "'hello'.substring(1, 3) == 'el'", "'Hello'.lowerAscii() == 'hello' && 'x'.upperAscii() == 'X'", "'a-b-c'.replace('-', '+', 1) == 'a+b-c'", "'  x '.trim() == 'x'", "'hello'.indexOf('l') == 2 && 'hello'.lastIndexOf('l') == 3", "'hello'.charAt(1) == 'e'", "'%s is %d and %.2f'.format(['x', 3, 1.5]) == 'x is 3 and 1.50'", "'héllo'.size() == 5", "'abc'.reverse() == 'cba'", "strings.quote('a\"b') == '\"a\\\\\"b\"'",
  // expressions in text
  "'abc 123 def 456'.find('[0-9]+') == '123'", "'abc 123 def 456'.findAll('[0-9]+') == ['123', '456']", "'a1b2'.findAll('[0-9]', 1) == ['1']", "'Straße'.matches('(?i)STRA.E')", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$') == false",
  // lists
  "[1, 2, 2].isSorted() && ![2, 1].isSorted()", "[1, 2, 3].sum() == 6 && [1.5, 2.5].sum() == 4.0", "[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3", "self.tags.indexOf('b') == 1 && self.tags.lastIndexOf('b') == 2", "self.tags.distinct() == ['a', 'b']", "[[1], [2, 3]].flatten() == [1, 2, 3]", "[1, 2, 3].slice(1, 3) == [2, 3]", "lists.range(3) == [0, 1, 2]", "sets.contains([1, 2], [2]) && sets.equivalent([1, 2], [2, 1, 1]) && sets.intersects([1], [1, 2])",
  // quantities
  "quantity('500m').isLessThan(quantity('1'))", "quantity('1Gi').compareTo(quantity('1024Mi')) == 0", "quantity('1').add(quantity('500m')) == quantity('1500m')", "quantity('2').sub(1) == quantity('1')", "quantity('50k').asInteger() == 50000", "!quantity('500m').isInteger()", "isQuantity('1.5Gi') && !isQuantity('1 Gi')", "quantity('-1').sign() == -1",
  // addresses
  "url('https://example.com:8080/a%20b?x=1&x=2').getHost() == 'example.com:8080'", "url('https://example.com:8080/a?x=1&x=2').getQuery()['x'] == ['1', '2']", "url('https://[::1]:80/').getHostname() == '::1' && url('https://[::1]:80/').getPort() == '80'", "isURL('/path') && !isURL('../x')", "ip('192.168.0.1').family() == 4 && ip('::1').isLoopback()", "isIP('10.0.0.1') && !isIP('10.0.0.01') && !isIP('x')", "ip('2001:db8::abcd') == ip('2001:DB8::ABCD') && ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD')", "cidr('10.0.0.0/8').containsIP('10.1.2.3') && !cidr('10.0.0.0/8').containsIP('11.0.0.1')", "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8')", "cidr('10.0.0.0/8').prefixLength() == 8 && string(cidr('10.0.0.0/8').ip()) == '10.0.0.0'", "ip('224.0.0.1').isLinkLocalMulticast() && ip('8.8.8.8').isGlobalUnicast()",
  // formats and versions
  "!format.dns1123Label().validate('web-1').hasValue()", "format.dns1123Label().validate('Web').hasValue()", "format.named('uuid').value().validate('x').hasValue() && !format.named('nope').hasValue()", "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('1.0.0-alpha').isLessThan(semver('1.0.0'))", "isSemver('1.2.3') && !isSemver('v1.2') && isSemver('v1.2', true)", "semver('1.2.3').major() == 1 && semver('1.2.3').compareTo(semver('1.2.3')) == 0",
  // optional values
  "self.?missing.orValue('x') == 'x'", "self.?name.hasValue() && self.?name.value() == 'web-1'", "optional.none().or(optional.of(1)).value() == 1", "self[?'name'].orValue('') == 'web-1'", "optional.of(2).optMap(x, x * 2).value() == 4", "!optional.ofNonZeroValue('').hasValue()", "[?optional.of(1), ?optional.none(), 2] == [1, 2]", "{?'a': optional.none()} == {}", "optional.unwrap([optional.of(1), optional.none()]) == [1]",
  // time and conversions
  "timestamp(self.when).getMonth() == 1 && timestamp(self.when).getDate() == 29 && timestamp(self.when).getDayOfWeek() == 4", "timestamp('2024-01-01T00:00:00Z') + duration('1h30m') == timestamp('2024-01-01T01:30:00Z')", "timestamp('2024-01-01T00:00:00Z').getHours('+02:00') == 2", "duration('90s').getMinutes() == 1 && string(duration('90s')) == '90s'", "timestamp('2024-01-01T00:00:00Z') < timestamp('2024-01-01T00:00:01Z')", "int('42') == 42 && int(3.9) == 3 && double('1.5') == 1.5 && string(7) == '7' && bool('true')", "type(1) == int && type('a') == string && type([]) == list", "string(timestamp('2024-01-01T00:00:00.5Z')) == '2024-01-01T00:00:00.5Z'", "size(b'é') == 2 && string(b'\\xc3\\xa9') == 'é'",
];

describe("expressions", () => {
  it("hold as they do upstream", () => {
    expect(TRUE.filter((source) => answer(source) !== true).map((source) => [source, answer(source)])).toEqual([]);
  });

  it("fail at run time in upstream's words", () => {
    expect(answer("self.missing")).toBe("error: no such key: missing");
    expect(answer("[1][3] == 1")).toBe("error: index out of bounds: 3");
    expect(answer("{'a': 1}['b'] == 1")).toBe("error: no such key: b");
    expect(answer("1 / (self.size - 3) == 0")).toBe("error: division by zero");
    expect(answer("9223372036854775807 + self.size > 0")).toBe("error: integer overflow");
    expect(answer("self.name > 1")).toBe("error: no such overload");
    expect(answer("quantity('x').isInteger()")).toContain("error: quantities must match");
    expect(answer("optional.none().value() == 1")).toBe("error: optional.none() dereference");
  });

  it("are stopped when they do too much", () => {
    expect(answer("lists.range(2000).all(x, lists.range(2000).all(y, x + y >= 0))")).toBe("error: operation cancelled: actual cost limit exceeded");
    expect(answer(`'x'.matches('${"(".repeat(300)}')`)).toContain("nests too deeply");
    expect(answer(`${"(".repeat(400)}1${")".repeat(400)} == 1`)).toContain("recursion limit");
  });
});

describe("the checker", () => {
  const typed: Type = objectType("object", new Map<string, Type>([["size", INT], ["name", STRING], ["list", listOf(STRING)], ["map", mapOf(STRING, INT)], ["with__dash__dash", INT]]));
  const check = (source: string): string => {
    const compiled = compile(source, new Map([["self", typed]]), [BOOL]);
    return "error" in compiled ? compiled.error.replace("compilation failed: ", "").split("\n")[0] ?? "" : "fine";
  };

  it("lets through what fits", () => {
    expect(["self.size > 1 && self.name != ''", "self.list.all(x, x.size() > 0)", "self.map.exists(k, self.map[k] > 1)", "has(self.name)", "self.with__dash__dash == 1", "self.list.exists(i, v, v == 'a' && i > 0)"].map(check)).toEqual(Array.from({ length: 6 }, () => "fine"));
  });

  it("says what does not, where", () => {
    expect(check("self.nosuch > 1")).toBe("ERROR: <input>:1:5: undefined field 'nosuch'");
    expect(check("self.size > 'a'")).toBe("ERROR: <input>:1:11: found no matching overload for '_>_' applied to '(int, string)'");
    expect(check("foo == 1")).toBe("ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')");
    expect(check("nosuch(1) == 1")).toBe("ERROR: <input>:1:7: undeclared reference to 'nosuch' (in container '')");
    expect(check("self.size.startsWith('a')")).toBe("ERROR: <input>:1:21: found no matching overload for 'startsWith' applied to 'int.(string)'");
    expect(check("self.name.foo == 1")).toBe("ERROR: <input>:1:10: type 'string' does not support field selection");
    expect(check("self.size")).toBe("must evaluate to bool");
    expect(check("self.list.all(x, x)")).toBe("ERROR: <input>:1:18: expected type 'bool' but found 'string'");
    expect(check("self.size.all(x, true)")).toContain("cannot be range of a comprehension");
  });

  it("reads as far as it can", () => {
    expect(check("self.size >")).toContain("Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!'");
    expect(check("self.size = 1")).toBe("ERROR: <input>:1:11: Syntax error: token recognition error at: '='");
    expect(check("self.size == 1 1")).toBe("ERROR: <input>:1:16: Syntax error: mismatched input '1' expecting <EOF>");
    expect(check("'abc")).toContain("Syntax error: token recognition error at: ''abc'");
  });
});
