import { beforeAll, describe, expect, test } from "vitest";
import { testBench, type TestBench } from "../../testing/bench";

const manifest = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: first, image: say}]
      containers:
      - name: c
        image: web
        resources: {limits: {cpu: 200m}}
        env: [{name: A, value: x}, {name: K, valueFrom: {configMapKeyRef: {name: conf, key: k}}}, {name: L, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}, {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
`;

describe("set", () => {
  let bench: TestBench;
  beforeAll(() => {
    bench = testBench({ "web.yaml": manifest });
    bench.run("create configmap conf --from-literal=k=v --from-literal=other.key=w");
    expect(bench.run("create -f web.yaml").stderr).toBe("");
    bench.run("create rolebinding rb --clusterrole=view --user=jane");
    bench.run("create service clusterip s --tcp=80");
  });

  test("the environment is listed with where it comes from, init containers last", () => {
    expect(bench.run("set env deploy/web --list").stdout).toBe("# Deployment web, container c\nA=x\n# K from configmap conf, key k\n# L from resource field limits.cpu\n# NODE from field path spec.nodeName\n# Deployment web, container first\n");
  });

  test("references are followed where they can be", () => {
    const { stdout, stderr } = bench.run("set env deploy/web --list --resolve -c c");
    expect(stdout).toBe("# Deployment web, container c\nA=x\nK=v\nL=1\n# NODE from field path spec.nodeName\n");
    expect(stderr).toBe("error retrieving reference for NODE: unsupported fieldPath: spec.nodeName\n");
  });

  test("a variable goes into every container, and takes the place of a reference", () => {
    expect(bench.run("set env deploy/web K=z").stdout).toBe("deployment.apps/web env updated\n");
    expect(bench.run("get deploy web -o jsonpath={.spec.template.spec.containers[0].env[1]}{.spec.template.spec.initContainers[0].env}").stdout).toBe('{"name":"K","value":"z"}[{"name":"K","value":"z"}]');
    expect(bench.run("set env deploy/web NONE-")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(bench.run("set env deploy/web A=y --overwrite=false").stderr).toBe("error: deployments/web 'A' already has a value (x), and --overwrite is false\n");
    expect(bench.run("set env deploy/web B=1 B-").stderr).toBe("error: can not both modify and remove the same environment variable in the same command\n");
    expect(bench.run("set env deploy/web B=1 -c none")).toEqual({ stdout: "", stderr: 'Warning: Deployment/web does not have any containers matching "none"\n', exitCode: 0 });
  });

  test("the keys of a ConfigMap become variables, under names variables can have", () => {
    expect(bench.run("set env deploy/web --from=configmap/conf --keys=other.key --prefix=P_").stderr).toBe("Warning: key other.key transferred to OTHER_KEY\n");
    expect(bench.run("get deploy web -o jsonpath={.spec.template.spec.containers[0].env[-1:].name}").stdout).toBe("P_OTHER_KEY");
  });

  test("the account and the subjects are set", () => {
    expect(bench.run("set serviceaccount deployment web robot").stdout).toBe("deployment.apps/web serviceaccount updated\n");
    expect(bench.run("get deploy web -o jsonpath={.spec.template.spec.serviceAccountName}").stdout).toBe("robot");
    expect(bench.run("set subject rolebinding rb --serviceaccount=default:robot").stdout).toBe("rolebinding.rbac.authorization.k8s.io/rb subjects updated\n");
    expect(bench.run("get rolebinding rb -o jsonpath={.subjects[*].name}").stdout).toBe("jane robot");
    expect(bench.run("set subject rolebinding rb --user=jane")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
  });

  test.each([
    ["set image svc/s a=b", "error: services/s the object is not a pod or does not have a pod template: *v1.Service\n"],
    ["set image deploy/web *=a c=b", "error: all containers are already specified by *, but saw more than one container_name=container_image pairs\n"],
    ["set image deploy a=b", "error: resource(s) were provided, but no name was specified\n"],
    ["set image deploy/web c=", 'error: failed to patch image update to pod template: Deployment.apps "web" is invalid: spec.template.spec.containers[0].image: Required value\n'],
    ["set resources deploy/web --limits=cpu", "error: Invalid argument syntax cpu, expected <resource>=<value>\n"],
    ["set resources deploy/web --limits=cpu=1 -c none", "error: unable to find container named none\n"],
    ["set selector deploy web a=b", "error: setting a selector is only supported for Services\n"],
    ["label svc s a=b=c", "error: invalid label spec: a=b=c\n"],
    ["label svc s a=b a-", "error: can not both modify and remove a label in the same command\n"],
    ["label svc s a=b late", "error: all resources must be specified before label changes: late\n"],
    ["taint svc s a=b:NoSchedule", "error: invalid resource type svc, only node types are supported\n"],
    ["delete svc s --all", "error: name cannot be provided when a selector is specified\n"],
    ["delete svc s -o yaml", "error: unexpected -o output mode: yaml. We only support '-o name'\n"],
    ["scale deploy web --replicas=2 --resource-version=1", expect.stringMatching(/^error: Expected resource version to be 1, was \d+\n$/)],
    ["autoscale deploy web --max=2 --cpu=x", "error: invalid resource cpu value: x\n"],
  ])("kubectl %s", (line, stderr) => {
    expect(bench.run(line)).toEqual({ stdout: "", stderr, exitCode: 1 });
  });
});
