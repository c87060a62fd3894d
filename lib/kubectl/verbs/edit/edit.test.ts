import { beforeEach, describe, expect, test } from "vitest";
import { runToCompletion, type KubectlIO } from "../../index";
import { testBench, type TestBench } from "../../testing/bench";

const conf = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {color: red}\n";

describe("edit", () => {
  let bench: TestBench;
  beforeEach(() => {
    bench = testBench({ "conf.yaml": conf });
    bench.run("apply -f conf.yaml");
    bench.run("create configmap other --from-literal=color=red");
  });
  const typing = (line: string, edit: NonNullable<KubectlIO["edit"]>): ReturnType<TestBench["run"]> => runToCompletion(line.split(" "), { ...bench.io, edit });
  const blue = (text: string): string => text.replaceAll("red", "blue");

  test("what was changed is sent, in the form that was asked for", () => {
    expect(typing("edit cm other --output-patch", blue).stdout).toBe('Patch: {"data":{"color":"blue"}}\nconfigmap/other edited\n');
    expect(typing("edit cm other -o jsonpath={.data.color}", (text) => text.replace("blue", "green")).stdout).toBe("green");
    expect(typing("edit cm conf", (text) => text)).toEqual({ stdout: "", stderr: "Edit cancelled, no changes made.\n", exitCode: 0 });
    expect(typing("edit cm conf", () => "").stderr).toBe("Edit cancelled, saved file was empty.\n");
  });

  test("several objects lie in one list, and those left alone are skipped", () => {
    expect(typing("edit cm/conf cm/other", (text) => text.replace(/^ {4}color: red/m, "    color: blue")).stdout).toBe("configmap/conf edited\nconfigmap/other skipped\n");
  });

  test("what cannot be sent is kept in a file", () => {
    expect(typing("edit cm conf", (text) => text.replace("name: conf", "name: conf2")).stderr).toMatch(/^A copy of your changes has been stored to "\/tmp\/kubectl-edit-\d+\.yaml"\nerror: At least one of apiVersion, kind and name was changed\n$/);
    expect(typing("edit cm conf", (text) => text.replace("kind: ConfigMap", "kind: Secret")).stderr).toMatch(/^error: configmaps "conf" is invalid\nA copy .*\nerror: Edit cancelled, no valid changes were saved\.\n$/);
    expect(typing("edit cm conf", () => ({ editor: "false" })).stderr).toBe('error: there was a problem with the editor "false"\n');
    expect(typing("edit cm conf", () => ({ editor: "nope", missing: true })).stderr).toBe('error: unable to launch the editor "nope"\n');
  });

  test("what was applied last is edited without touching the object", () => {
    expect(typing("apply edit-last-applied cm/conf", blue).stdout).toBe("configmap/conf edited\n");
    expect(bench.run("apply view-last-applied cm/conf").stdout).toContain("color: blue");
    expect(bench.run("get cm conf -o jsonpath={.data.color}").stdout).toBe("red");
    expect(typing("apply edit-last-applied cm/other", blue).stderr).toContain("error: no last-applied-configuration annotation found on resources");
  });
});
