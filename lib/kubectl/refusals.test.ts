import { beforeAll, describe, expect, test } from "vitest";
import { millis } from "@/lib/engine";
import { testBench, type TestBench } from "./testing/bench";

const pods = `apiVersion: v1
kind: Pod
metadata: {name: two, labels: {app: x}}
spec: {containers: [{name: a, image: web}, {name: b, image: echo, command: [echo, uno]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: huge}
spec: {containers: [{name: c, image: web, resources: {requests: {cpu: "50"}}}]}
`;

describe("what kubectl refuses, and in which words", () => {
  let bench: TestBench;
  beforeAll(() => {
    bench = testBench({ "pods.yaml": pods, "cm.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {a: b}\n", "gen.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}\n" });
    expect(bench.run("create -f pods.yaml").exitCode).toBe(0);
    bench.run("create configmap cm --from-literal=a=c");
    bench.run("create deployment web --image=web");
    bench.run("wait pod two --for=condition=PodScheduled");
  });

  test.each([
    ["logs two -c none", "error: container none is not valid for pod two out of: a, b\n"],
    ["logs two --tail=-2", "error: --tail must be greater than or equal to -1\n"],
    ["logs two --since=-1s", "error: --since must be greater than 0\n"],
    ["logs two --since-time=2026", 'error: parsing time "2026" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "-"\n'],
    ["logs two --all-containers -c a", "error: --all-containers=true should not be specified with container name a\n"],
    ["logs two -l app=x", "error: only a selector (-l) or a POD name is allowed\nSee 'kubectl logs -h' for help and examples\n"],
    ["logs huge", "Error from server (BadRequest): pod huge does not have a host assigned\n"],
    ["logs cm/cm", "error: cannot get the logs from *v1.ConfigMap: selector for *v1.ConfigMap not implemented\n"],
    ["exec huge -- ls", "error: unable to upgrade connection: pod huge does not have a host assigned\n"],
    ["exec cm/cm -- ls", "error: cannot attach to *v1.ConfigMap: selector for *v1.ConfigMap not implemented\n"],
    ["exec two", "error: you must specify at least one command for the container\n"],
    ["apply -f gen.yaml", "error: from x-: cannot use generate name with apply\n"],
    ["apply -f cm.yaml --force-conflicts", "error: --force-conflicts only works with --server-side\n"],
    ["apply -f cm.yaml --server-side --dry-run=client", "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)\n"],
    ["apply -f cm.yaml --server-side", expect.stringMatching(/^error: Apply failed with 1 conflict: .*\nPlease review the fields above--they currently have other managers\. Here\n[^]*#conflicts\n$/)],
    ["rollout restart pod two", 'error: pods "two" restarting is not supported\n'],
    ["rollout undo pod two", 'error: no rollbacker has been implemented for "Pod"\n'],
    ["rollout undo deploy web", 'error: no rollout history found for deployment "web"\n'],
    ["rollout status deploy web --revision=9", "error: desired revision (9) is different from the running revision (1)\n"],
    ["delete -f gen.yaml --cascade=none", expect.stringContaining("invalid cascade value (none)")],
    ["run r --image=web -t", "error: -i/--stdin is required for containers with -t/--tty=true\nSee 'kubectl run -h' for help and examples\n"],
    ["run r --image=web --rm", "error: --rm should only be used for attached containers\nSee 'kubectl run -h' for help and examples\n"],
    ["run r --image=web --labels=a", "error: unexpected label spec: a\n"],
    ["run r --image=web --port=x", 'error: strconv.Atoi: parsing "x": invalid syntax\n'],
    ["run r --image=web -i --dry-run=client", "error: --dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)\nSee 'kubectl run -h' for help and examples\n"],
    ["expose deploy", "error: resource(s) were provided, but no name was specified\n"],
    ["expose configmap cm --port=80", "error: cannot expose a ConfigMap\n"],
    ["expose deploy web --port=x", 'error: strconv.Atoi: parsing "x": invalid syntax\n'],
    ["drain node-1 --pod-selector=!", "error: --pod-selector=<pod_selector> must be a valid label selector\n"],
    ["cordon node-1 -l a=b", "error: cannot specify both a node name and a --selector option\nSee 'kubectl cordon -h' for help and examples\n"],
    ["api-resources x", "error: unexpected arguments: [x]\nSee 'kubectl api-resources -h' for help and examples\n"],
    ["api-resources --sort-by=x", "error: --sort-by accepts only name or kind\n"],
    ["auth can-i list pods --list", "error: list option must be specified with no arguments\n"],
    ["get pods --cluster=none", 'error: no server found for cluster "none"\n'],
    ["get pods --user=none", 'error: auth info "none" does not exist\n'],
    ["get pods --as-group=devs", "error: requesting uid, groups or user-extra for kubernetes-admin without impersonating a user\n"],
    ["get pods --request-timeout=soon", "error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)\n"],
    ["get deployment.extensions", 'error: the server doesn\'t have a resource type "deployment"\n'],
    ["describe pod two --as=nobody", 'Error from server (Forbidden): pods "two" is forbidden: User "nobody" cannot get resource "pods" in API group "" in the namespace "default"\n'],
  ])("kubectl %s", (line, stderr) => {
    expect(bench.run(line)).toEqual({ stdout: "", stderr, exitCode: 1 });
  });

  test("what no manifest named is the server's to judge: it warns of fields it does not know", () => {
    expect(bench.run('patch configmap cm -p {"nope":1}').stderr).toBe('Warning: unknown field "nope"\n');
  });

  test("a subresource is looked at alone, and a scale is a Scale", () => {
    expect(bench.run("get deploy web --subresource=scale -o jsonpath={.kind}").stdout).toBe("Scale");
    expect(bench.run("get deploy --subresource=status").stderr).toBe("error: subresource cannot be used when bulk resources are specified\n");
    expect(bench.run("get cm cm --subresource=status").stderr).toBe("Error from server (NotFound): the server could not find the requested resource\n");
  });

  test("columns are plain without the server's help, and values come as JSON where that is asked for", () => {
    expect(bench.run("get deploy web --server-print=false --no-headers").stdout).toMatch(/^web {3}\d+s\n$/);
    expect(bench.run("get pod two -o jsonpath-as-json={.spec.containers[*].name}").stdout).toBe('[\n    "a",\n    "b"\n]\n');
    expect(bench.run("get cm cm -o jsonpath={.data.x} --allow-missing-template-keys=false").stderr).toContain('Error executing template: x is not found. Printing more information for debugging the template:\n\ttemplate was:\n\t\t{.data.x}\n');
  });

  test("who one is can be read by machines", () => {
    expect(bench.run("auth whoami -o yaml").stdout).toContain("kind: SelfSubjectReview\n");
  });

  test("a diff that cannot be made ends with two, for one is a difference", () => {
    expect([bench.run("diff -f cm.yaml").exitCode, bench.run("diff -f none.yaml").exitCode, bench.run("diff").exitCode]).toEqual([1, 2, 2]);
  });

  test("a log is cut at so many bytes", () => {
    bench.cluster.advance(millis(5000));
    expect(bench.run("logs two -c b --limit-bytes=2").stdout).toBe("un");
  });

  test("a dry run on the client's side shows what would become of the object", () => {
    expect(bench.run("apply -f cm.yaml --dry-run=client -o jsonpath={.data.a}").stdout).toBe("b");
  });

  test("a group without a subcommand says on standard error what there is", () => {
    const { stdout, stderr, exitCode } = bench.run("create secret");
    expect([stdout, exitCode]).toEqual(["", 1]);
    expect(stderr).toContain("docker-registry");
  });
});
