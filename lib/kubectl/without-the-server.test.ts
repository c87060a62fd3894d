import { beforeAll, describe, expect, test } from "vitest";
import { testBench, type TestBench } from "./testing/bench";

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: "web:1"}]}
`;

describe("what kubectl does by itself", () => {
  let bench: TestBench;
  beforeAll(() => {
    bench = testBench({ "web.yaml": web, "secret.yaml": "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: eA==, b: eQ==}\n" });
    bench.run("create secret generic s --from-literal=a=z --from-literal=b=y");
    bench.run("create -f web.yaml --save-config");
    bench.run("run one --image=web:1");
    bench.run("wait --for=condition=Ready pod/one");
  });

  test("set --local changes what the file says, with what Go's structs always write", () => {
    const { stdout } = bench.run("set image -f web.yaml c=web:2 --local -o yaml");
    expect(stdout).toContain("      - image: web:2\n        name: c\n        resources: {}\nstatus: {}\n");
    expect(stdout).toContain("  strategy: {}\n");
    expect(bench.run("set env -f web.yaml A=b --local").stdout).toBe("deployment.apps/web env updated\n");
    expect(bench.run("set image deploy/web c=web:2 --local").stderr).toMatch(/^error: you must specify resources by --filename when --local is set\.\n/);
    expect(bench.run("patch -f web.yaml -p {\"spec\":{\"replicas\":2}} --local -o jsonpath={.spec.replicas}").stdout).toBe("2");
  });

  test("a dry run of the client's is no write: the generation stays", () => {
    expect(bench.run("set image deploy/web c=web:2 --dry-run=client -o jsonpath={.metadata.generation}").stdout).toBe("1");
    expect(bench.run("scale deploy web --replicas=2 -o jsonpath={.metadata.generation}{.spec.replicas}").stdout).toBe("12");
  });

  test("diff hides what is in Secrets, and asks the server when told to", () => {
    const { stdout, exitCode } = bench.run("diff -f secret.yaml");
    expect(exitCode).toBe(1);
    expect(stdout).toContain("-  a: '*** (before)'\n+  a: '*** (after)'\n   b: '***'\n");
    expect(bench.run("diff -f secret.yaml --show-secrets").stdout).toContain("-  a: eg==\n+  a: eA==\n");
    expect(bench.run("diff -f web.yaml --server-side --force-conflicts").stdout).toContain("-  generation: 2\n+  generation: 3\n");
  });

  test("the dump holds every list and what the containers said", () => {
    const { stdout } = bench.run("cluster-info dump -n default");
    expect(stdout.match(/"kind": "\w+List"/g)).toHaveLength(15);
    expect(stdout).toContain("==== START logs for container c of pod default/web-");
    expect(bench.run("cluster-info dump --output-directory=out").stdout).toBe("Cluster info dumped to out\n");
    expect([...bench.files.keys()]).toContain("out/default/pods.json");
  });

  test("writes go under the name of the command", () => {
    bench.run("label pod one a=b");
    expect(bench.run("get pod one --show-managed-fields -o jsonpath={.metadata.managedFields[*].manager}").stdout.split(" ")).toEqual(expect.arrayContaining(["kubectl-run", "kubectl-label"]));
  });

  test("several goals of wait are met one after the other", () => {
    expect(bench.run("wait pod/one --for=condition=Ready --for=jsonpath={.status.phase}=Running").stdout).toBe("pod/one condition met\npod/one condition met\n");
    expect(bench.run("wait pod/one --for=jsonpath={.status.conditions[*].status}=True").stderr).toBe("error: given jsonpath expression matches more than one value\n");
    expect(bench.run("wait pod/none --for=create --timeout=1s").stderr).toBe("error: timed out waiting for the condition\n");
  });

  test("an old flag still keeps the command line as the cause", () => {
    expect(bench.run("set image deploy/web c=web:3 --record -n default")).toEqual({ stdout: "deployment.apps/web image updated\n", stderr: "Flag --record has been deprecated, --record will be removed in the future\n", exitCode: 0 });
    expect(bench.run("get deploy web -o jsonpath={.metadata.annotations.kubernetes\\.io/change-cause}").stdout).toBe("kubectl set image deploy/web c=web:3 --record=true --namespace=default");
  });

  test("a group of commands says what it holds", () => {
    expect(bench.run("certificate nope")).toMatchObject({ stderr: "", exitCode: 0, stdout: expect.stringContaining("approve") });
    expect(bench.run("rollout")).toMatchObject({ stderr: "", exitCode: 1, stdout: expect.stringContaining("history") });
    expect(bench.run("set")).toMatchObject({ stdout: "", exitCode: 1 });
    expect(bench.run("get ev").stderr).toContain('Warning: short name "ev" could also match lower priority resource events.events.k8s.io\n');
  });

  test.each([
    ["debug svc/kubernetes --image=web:1", 'error: "/v1, Kind=Service" not supported by debug\n'],
    ["debug one --set-image=a=b", "error: --set-image may only be used with --copy-to.\n"],
    ["cordon none node-1", 'Error from server (NotFound): nodes "none" not found\n'],
    ["drain none nobody", 'Error from server (NotFound): nodes "none" not found\n'],
    ['patch deploy web -p {"spec":{"replicas":"two"}}', 'The request is invalid: patch: Invalid value: "map[spec:map[replicas:two]]": cannot convert string to int32\n'],
    ["patch deploy web -p {spec:{replicas:2}}", "Error from server (BadRequest): invalid character 's' looking for beginning of object key string\n"],
    ["patch deploy web --type=merge -p {a", "Error from server (BadRequest): error decoding patch: invalid character 'a' looking for beginning of object key string\n"],
    ["create secret tls t --cert=web.yaml --key=web.yaml", "error: tls: failed to find any PEM data in certificate input\n"],
    ["get cs -w", "Warning: v1 ComponentStatus is deprecated in v1.19+\nError from server (MethodNotAllowed): the server does not allow this method on the requested resource\n"],
  ])("kubectl %s", (line, stderr) => {
    expect(bench.run(line)).toMatchObject({ stderr, exitCode: 1 });
  });
});
