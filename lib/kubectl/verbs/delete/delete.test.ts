import { describe, expect, it } from "vitest";
import { testBench } from "../../testing/bench";

describe("a deletion by name", () => {
  it("is judged by the server, not by a look before", () => {
    const { run } = testBench();
    run("create role reader --verb=get,list --resource=pods");
    run("create rolebinding rb --role=reader --user=jane");
    run("create role remover --verb=delete --resource=configmaps");
    run("create rolebinding rm --role=remover --user=jane");
    run("create configmap c --from-literal=a=b");
    expect(run("delete pod x --as=jane").stderr).toBe('Error from server (Forbidden): pods "x" is forbidden: User "jane" cannot delete resource "pods" in API group "" in the namespace "default"\n');
    expect(run("delete configmap c --as=jane --wait=false").stdout).toBe('configmap "c" deleted from default namespace\n');
    expect(run("delete pod x").stderr).toBe('Error from server (NotFound): pods "x" not found\n');
    expect(run("delete pod x --ignore-not-found")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  });
});
