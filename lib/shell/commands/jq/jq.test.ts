import { spawnSync } from "node:child_process";
import { describe, expect, it, test } from "vitest";
import { runScript } from "../../testing/run-script";

/** Filters a real jq must agree with ours on, each with its input. */
const agreed: readonly (readonly [args: string, input: string])[] = [
  [".", '{"b":1,"a":[1,2,{"c":null}]}'], ["-c .", '{"b":1.5,"a":[true,false,"ñ\\n"]}'], [".a.b", '{"a":{"b":[1,2]}}'], ["-r .a", '{"a":"texto"}'], [".a[0], .a[-1]", '{"a":[1,2,3]}'], ["-c .a[1:]", '{"a":[1,2,3]}'], [".[]", '[1,"x",null]'], ["-c '.[] | select(.n > 1)'", '[{"n":1},{"n":2}]'], ["-c 'map(.n * 2)'", '[{"n":1},{"n":2}]'], ["-c keys", '{"b":1,"a":2}'], ["-c 'to_entries'", '{"b":1,"a":2}'], ["-c 'with_entries(.value += 1)'", '{"b":1,"a":2}'], ["-c from_entries", '[{"name":"a","value":1},{"key":"b","value":false}]'],
  ["-c 'group_by(.k)'", '[{"k":2,"v":1},{"k":1,"v":2},{"k":2,"v":3}]'], ["-c 'sort_by(-.v) | map(.v)'", '[{"v":1},{"v":3},{"v":2}]'], ["-c 'unique, (map(. % 2) | unique)'", "[3,1,2,1]"], ["'length, (.a | length)'", '{"a":"año"}'], ["-r '\"\\(.a)-\\(.b + 1)\"'", '{"a":"x","b":1}'], ["-r '.a | @base64d'", '{"a":"aG9sYQ=="}'], ["-r '.[] | @csv, @tsv, @json'", '[[1,"a\\"b",null]]'], ["'.a // \"nada\"'", '{"a":null}'], ["'if . > 2 then \"más\" elif . == 2 then \"dos\" else \"menos\" end'", "1 2 3"], ["-e '.a'", '{"a":false}'], ["-n --arg x 1 --argjson y 2 '[$x, $y]'", ""], ["-s -c .", "1 2 [3]"], ["-c '[.[] | split(\",\")]'", '["a,b","c"]'], ["-r 'join(\"-\")'", '["a",1,null]'],
  ["'test(\"^a.c$\")'", '"abc"'], ["-r 'sub(\"o\";\"0\"), gsub(\"o\";\"0\")'", '"foo"'], ["-c '.a |= map(. + 1) | .b = 3 | del(.c)'", '{"a":[1],"c":2}'], ["-c 'reduce .[] as $x (0; . + $x)'", "[1,2,3]"], ["-c '[.[] as [$a, $b] | $a + $b]'", "[[1,2],[3,4]]"], ["-c 'def f(x): x * 2; [.[] | f(.)]'", "[1,2]"], ["-c '[paths]'", '{"a":[1]}'], ["-c '[..]'", '{"a":[1]}'], ["-c '{a, b: .c, (.d): 1, \"e\": [.a]}'", '{"a":1,"c":2,"d":"k"}'], ["'.a.b'", '{"a":1}'], ["-c '[.[] | .a?]'", '[{"a":1},2]'], ["-r 'try error(\"mal\") catch .'", "1"], ["-c '[limit(2; .[])], first, last, add, any, all'", "[1,2,3]"], ["-c '. - [2], . + [4], (.[0] / 2)'", "[1,2]"], ["-c 'tostring, (\"3\" | tonumber), (. | type)'", "1"],
  ["'.items | length'", '{"items":[1,2]}'], ["-r '.items[].metadata.name'", '{"items":[{"metadata":{"name":"web"}},{"metadata":{"name":"db"}}]}'], ["-r '.data | map_values(@base64d) | .clave'", '{"data":{"clave":"c2VjcmV0bw=="}}'], ["-c '[.[] | ascii_upcase, ltrimstr(\"a\"), startswith(\"a\")]'", '["ab"]'], ["-S -c .", '{"b":1,"a":{"d":1,"c":2}}'], ["'. and false, (null | not)'", "1"], ["-c 'min, max, (map({v:.}) | min_by(.v)), flatten, reverse, index(2), contains([2])'", "[2,1,3]"], ["-c '[range(3)], [range(1;6;2)]'", "null"], [". | .b", '{"a":1'], ["'.[] | foo'", "[1]"],
];

const hasJq = spawnSync("/bin/sh", ["-c", "jq --version"]).status === 0;

describe.skipIf(!hasJq)("jq agrees with a real one", () => {
  test.each(agreed)("%s", (args, input) => {
    const source = `printf '%s\\n' '${input}' | jq ${args}`;
    const real = spawnSync("/bin/sh", ["-c", source], { encoding: "utf8" });
    const ours = runScript({ source });
    expect({ stdout: ours.stdout, status: ours.status }).toEqual({ stdout: real.stdout, status: real.status });
  });
});

describe("jq", () => {
  it("says what it cannot do", () => {
    expect(runScript({ source: "echo '{\"a\":1}' | jq .a.b" })).toMatchObject({ status: 5, stderr: 'jq: error (at <stdin>:1): Cannot index number with "b"\n' });
  });

  it("gives up on what never ends", () => {
    expect(runScript({ source: "jq -n '[recurse(.)]'; jq -n 'def f: f; f'" }).stderr).toContain("takes too long");
  });
});
