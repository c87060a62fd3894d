import { describe, expect, test } from "vitest";
import { testBench } from "../../testing/bench";

describe("create says what is wrong before it asks the server", () => {
  const files = { "bad.env": "1A=1\n", "good.env": "# c\nA=1\nB=\n" };
  const said: readonly (readonly [line: string, stderr: string])[] = [
    ["create deployment", 'error: required flag(s) "image" not set\n'],
    ["create job j --image=a --from=cronjob/x", "error: either --image or --from must be specified\n"],
    ["create job j --from=node/node-1", "error: unknown object type *v1.Node\n"],
    ["create configmap c --from-env-file=none", "error: error reading none: no such file or directory\n"],
    ["create configmap c --from-literal=a=1 --from-literal=a=2", 'error: cannot add key "a", another key by that name already exists in Data for ConfigMap "c"\n'],
    ["create secret generic c --from-literal=a=1 --from-literal=a=2", "error: cannot add key a, another key by that name already exists\n"],
    ["create secret generic c --from-file=a=b=c", "error: key names or file paths cannot contain '='\n"],
    ["create secret tls t --cert=x", "error: key and cert must be specified\n"],
    ["create service clusterip s --tcp=x", 'error: strconv.ParseUint: parsing "x": invalid syntax\n'],
    ["create service clusterip s --tcp=80:Bad", "error: must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)\n"],
    ["create ingress i --default-backend=x", "error: default-backend should be in format servicename:serviceport\n"],
    ["create role r --verb=get --resource=pods.nope", 'the server doesn\'t have a resource type "pods" in group "nope"\n'],
    ["create role r --verb=use --resource=pods", "error: can not perform 'use' on 'pods' in group ''\n"],
    ["create clusterrole r --verb=list --non-resource-url=/x", "error: invalid verb: 'list' for nonResourceURL\n"],
    ["create quota q --hard=pods", "error: Invalid argument syntax pods, expected <resource>=<value>\n"],
    ["create pdb p --selector=a=b --min-available=x", "error: invalid format specified for min-available\n"],
    ["create token default --duration=1.5s", "error: --duration cannot be expressed in units less than seconds\n"],
  ];
  test.each(said)("kubectl %s", (line, stderr) => {
    expect(testBench(files).run(line)).toEqual({ stdout: "", stderr, exitCode: 1 });
  });

  test("a name no variable may have is refused, and a good file is read", () => {
    const bench = testBench(files);
    expect(bench.run("create configmap c --from-env-file=bad.env").stderr).toContain('"1A" is not a valid key name: a valid environment variable name must');
    expect(bench.run("create configmap c --from-env-file=good.env --dry-run=client -o jsonpath={.data}").stdout).toBe('{"A":"1","B":""}');
  });

  test("a hash of the content ends the name where it is asked for", () => {
    const bench = testBench();
    expect(bench.run("create configmap c --append-hash --from-literal=a=b").stdout).toBe("configmap/c-m4h6ctkgb2 created\n");
    expect(bench.run("create secret generic s --append-hash --from-literal=a=b").stdout).toBe("secret/s-7fd2tm89d8 created\n");
  });

  test("users are impersonated though no server lists them", () => {
    expect(testBench().run("create clusterrole r --verb=impersonate --resource=users").stdout).toBe("clusterrole.rbac.authorization.k8s.io/r created\n");
  });
});

describe("create prints", () => {
  test("what it made in the order of Go's struct, one object after another", () => {
    const { run } = testBench({ "two.yaml": "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n" });
    expect(run("create deployment d --image=nginx --dry-run=client -o json").stdout).toMatch(/^\{\n {4}"kind": "Deployment",\n {4}"apiVersion": "apps\/v1",\n {4}"metadata": \{\n {8}"name": "d",/);
    expect(run("create -f two.yaml -o yaml").stdout).toMatch(/^apiVersion: v1\nkind: ConfigMap\n(?: .*\n|metadata:\n)+---\napiVersion: v1\n/);
    expect(run("get cm a -o json").stdout).toMatch(/^\{\n {4}"apiVersion"/);
  });

  test("a token, or the request for one", () => {
    const { run } = testBench();
    expect(run("create token default -o jsonpath={.kind}/{.spec.expirationSeconds}/{.spec.boundObjectRef}").stdout).toBe("TokenRequest/3600/null");
    expect(run("create token default").stdout).toMatch(/^ey\S+\n$/);
  });
});
