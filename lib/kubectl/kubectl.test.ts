import { describe, expect, test } from "vitest";
import { testBench } from "./testing/bench";
import { completeKubectl } from "./index";

const web = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: web:1
        ports: [{containerPort: 80}]
`;

describe("a deployment's life", () => {
  test("apply, wait, look, change, undo, delete", () => {
    const { run, files } = testBench({ "web.yaml": web });
    expect(run("apply -f web.yaml").stdout).toBe("deployment.apps/web created\n");
    expect(run("rollout status deployment/web").stdout).toMatch(/0 of 2 updated replicas are available\.\.\.\n(.*\n)*deployment "web" successfully rolled out\n$/);
    expect(run("apply -f web.yaml").stdout).toBe("deployment.apps/web unchanged\n");
    expect(run("get deploy web").stdout).toMatch(/^NAME {3}READY {3}UP-TO-DATE {3}AVAILABLE {3}AGE\nweb {4}2\/2 {5}2 {12}2 {11}\d+s\n$/);
    files.set("web.yaml", web.replace("replicas: 2", "replicas: 3").replace("web:1", "web:2"));
    expect(run("diff -f web.yaml").stdout).toContain("\n-  replicas: 2\n+  replicas: 3\n");
    expect(run("apply -f web.yaml").stdout).toBe("deployment.apps/web configured\n");
    expect(run("rollout status deploy web").exitCode).toBe(0);
    expect(run("rollout history deploy/web").stdout).toBe("deployment.apps/web \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n");
    expect(run("rollout undo deploy/web").stdout).toBe("deployment.apps/web rolled back\n");
    expect(run("get deploy web -o jsonpath={.spec.template.spec.containers[0].image}").stdout).toBe("web:1");
    expect(run("delete -f web.yaml").stdout).toBe('deployment.apps "web" deleted from default namespace\n');
    expect(run("get deploy")).toEqual({ stdout: "", stderr: "No resources found in default namespace.\n", exitCode: 0 });
  });

  test("rollout prints what -o asks for: the sets of a history, the workload otherwise", () => {
    const { run } = testBench({ "web.yaml": web });
    run("apply -f web.yaml");
    run("rollout status deploy/web");
    run("set image deploy/web web=web:2");
    run("rollout status deploy/web");
    expect(run("rollout history deploy/web -o name").stdout).toMatch(/^replicaset\.apps\/web-\w+\nreplicaset\.apps\/web-\w+\n$/);
    expect(run("rollout history deploy/web --revision=2 -o jsonpath={.spec.template.spec.containers[0].image}").stdout).toBe("web:2");
    expect(run("rollout history deploy/web --revision=7 -o yaml").stderr).toBe("error: unable to find the specified revision\n");
    expect(run("rollout pause deploy/web -o jsonpath={.spec.paused}").stdout).toBe("true");
    expect(run("rollout resume deploy/web -o name").stdout).toBe("deployment.apps/web\n");
    expect(run("rollout undo deploy/web -o name").stdout).toBe("deployment.apps/web\n");
    expect(run("get deploy web -o jsonpath={.spec.template.spec.containers[0].image}").stdout).toBe("web:1");
  });

  test("what was applied last is shown, and set", () => {
    const config = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {k: ${value}}\n`;
    const { run, files } = testBench({ "c.yaml": config("one") });
    expect(run("apply set-last-applied -f c.yaml").stderr).toBe('Error from server (NotFound): configmaps "c" not found\n');
    run("create -f c.yaml");
    expect(run("apply set-last-applied -f c.yaml").stderr).toBe("error: no last-applied-configuration annotation found on resource: c, to create the annotation, run the command with --create-annotation\n");
    expect(run("apply view-last-applied cm/c")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(run("apply set-last-applied -f c.yaml --create-annotation").stdout).toBe("configmap/c configured\n");
    expect(run("apply set-last-applied -f c.yaml").stdout).toBe("set-last-applied c: no changes required.\n");
    files.set("c.yaml", config("two"));
    expect(run("apply set-last-applied -f c.yaml --dry-run=client").stdout).toBe("configmap/c configured (dry run)\n");
    expect(run("apply view-last-applied cm/c").stdout).toContain("k: one\n");
    expect(run("apply view-last-applied cm/c -o json").stdout).toMatch(/^\{\n {2}"apiVersion": "v1",\n/);
    expect(run("apply view-last-applied cm/c -o wide").stderr).toContain("error: Unexpected -o output mode: wide, the flag 'output' must be one of yaml|json\n");
  });

  test("labels can be put on what a file says, without a server", () => {
    const { run } = testBench({ "c.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n" });
    expect(run("label --local -f c.yaml a=b -o yaml").stdout).toBe("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  labels:\n    a: b\n  name: c\n");
    expect(run("annotate --local cm/c a=b").stderr).toBe("error: can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set\n");
    expect(run("get cm c").exitCode).toBe(1);
  });

  test("the server's components can be looked at, and only that", () => {
    const { run } = testBench();
    const table = "NAME                 STATUS    MESSAGE   ERROR\ncontroller-manager   Healthy   ok        \netcd-0               Healthy   ok        \nscheduler            Healthy   ok        \n";
    expect(run("get cs")).toEqual({ stdout: table, stderr: "Warning: v1 ComponentStatus is deprecated in v1.19+\n", exitCode: 0 });
    expect(run("get cs scheduler -o jsonpath={.conditions[0].type}").stdout).toBe("Healthy");
    expect(run("label cs scheduler a=b").stderr).toContain("Error from server (MethodNotAllowed): the server does not allow this method on the requested resource\n");
  });

  test("the kubeconfig is shown in any format", () => {
    const { run } = testBench();
    expect(run("config view -o jsonpath={.contexts[*].name}").stdout).toMatch(/^\S+@kubernetes$/);
    expect(run("config view -o json").stdout).toMatch(/^\{\n {4}"kind": "Config",\n {4}"apiVersion": "v1",\n {4}"clusters": \[\n {8}\{\n {12}"name": "kubernetes",/);
    expect(run("config view").stdout).toMatch(/^apiVersion: v1\nclusters:\n- cluster:\n/);
    expect(run("get ns default -o kyaml").stdout).toMatch(/^---\n\{\n {2}apiVersion: "v1",\n {2}kind: "Namespace",\n/);
  });

  test("reconcile breaks rules down, and says on the side what was missing", () => {
    const role = (verbs: string, where = ", namespace: default"): string => `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r${where}}\nrules: [{apiGroups: [""], resources: [pods], verbs: [${verbs}]}]\n`;
    const { run, files } = testBench({ "r.yaml": role("get", "") });
    expect(run("auth reconcile -f r.yaml").stderr).toBe("error: resource name may not be empty\n");
    files.set("r.yaml", role("get, list"));
    expect(run("auth reconcile -f r.yaml --dry-run=server").stderr).toBe("error: --dry-run=server for command reconcile is not supported yet\n");
    expect(run("auth reconcile -f r.yaml")).toEqual({
      stdout: "role.rbac.authorization.k8s.io/r reconciled\n",
      stderr: "\treconciliation required create\n\tmissing rules added:\n\t\t{Verbs:[get list] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n",
      exitCode: 0,
    });
    files.set("r.yaml", role("list, watch"));
    expect(run("auth reconcile -f r.yaml").stderr).toBe("\treconciliation required update\n\tmissing rules added:\n\t\t{Verbs:[watch] APIGroups:[] Resources:[pods] ResourceNames:[] NonResourceURLs:[]}\n");
    expect(run("auth reconcile -f r.yaml --remove-extra-permissions").stderr).toContain("\textra rules removed:\n\t\t{Verbs:[get]");
    expect(run("auth reconcile -f r.yaml --remove-extra-permissions").stderr).toBe("");
  });

  test("scale, label, annotate, patch and set say what they did", () => {
    const { run } = testBench();
    run("create deployment web --image=web:1");
    expect(run("scale deploy/web --replicas=3").stdout).toBe("deployment.apps/web scaled\n");
    expect(run("label deploy web tier=front").stdout).toBe("deployment.apps/web labeled\n");
    expect(run("label deploy web tier=back").stderr).toBe("error: 'tier' already has a value (front), and --overwrite is false\n");
    expect(run("label deploy web tier-").stdout).toBe("deployment.apps/web unlabeled\n");
    expect(run('patch deploy web -p {"spec":{"replicas":1}}').stdout).toBe("deployment.apps/web patched\n");
    expect(run('patch deploy web -p {"spec":{"replicas":1}}').stdout).toBe("deployment.apps/web patched (no change)\n");
    expect(run("set image deploy/web web=web:2").stdout).toBe("deployment.apps/web image updated\n");
    expect(run("expose deploy web --port=80").stdout).toBe("service/web exposed\n");
    expect(run("get svc web -o jsonpath={.spec.selector}").stdout).toBe('{"app":"web"}');
  });
});

describe("commands that wait", () => {
  test("a deletion ends when the pods are gone, and survives being written down", () => {
    const { run, start, resume } = testBench();
    run("run web --image=web");
    run("wait --for=condition=Ready pod/web");
    const begun = start("delete pod web");
    expect(begun).toMatchObject({ stdout: 'pod "web" deleted from default namespace\n', pending: { endless: false } });
    expect(resume(begun, 40_000).exitCode).toBe(0);
    expect(run("get pod web").stderr).toBe('Error from server (NotFound): pods "web" not found\n');
  });

  test("get -w prints what there is and then every change", () => {
    const { run, start, resume } = testBench();
    const begun = start("get pods -w");
    expect(begun).toMatchObject({ stdout: "", pending: { endless: true } });
    run("run web --image=web");
    const later = resume(begun, 3000);
    expect(later.stdout.split("\n")[0]).toBe("NAME   READY   STATUS    RESTARTS   AGE");
    expect(later.stdout).toContain("Running");
    expect(resume(later, 1000).stdout).toBe("");
  });

  test("wait gives up at its timeout", () => {
    const { run } = testBench();
    run("run bad --image=nothing");
    expect(run("wait --for=condition=Ready pod/bad --timeout=3s")).toMatchObject({ stderr: "error: timed out waiting for the condition on pods/bad\n", exitCode: 1 });
  });

  test("logs -f follows until the container ends", () => {
    const { run, start, resume } = testBench();
    run("run s --image=say --restart=Never -- one two 0");
    expect(run("wait --for=jsonpath={.status.phase}=Running pod/s").exitCode).toBe(0);
    const following = start("logs -f s");
    expect(following.pending?.endless).toBe(true);
    const over = resume(following, 3000);
    expect(over).toMatchObject({ stdout: "one\ntwo\n0\n", exitCode: 0 });
    expect(run("logs s --tail=1").stdout).toBe("0\n");
  });

  test("run --rm shows what the pod says and removes it", () => {
    const { run } = testBench();
    const done = run("run ask -it --rm --image=say --restart=Never -- hello 0");
    expect(done).toEqual({ stdout: 'hello\n0\npod "ask" deleted from default namespace\n', stderr: "", exitCode: 0 });
    expect(run("get pods").stderr).toBe("No resources found in default namespace.\n");
  });
});

describe("inside containers", () => {
  test("exec prints, passes input on and hands back the exit code", () => {
    const { run } = testBench();
    run("run web --image=web");
    run("wait --for=condition=Ready pod/web");
    expect(run("exec web -- echo a b")).toEqual({ stdout: "a b\n", stderr: "", exitCode: 0 });
    expect(run("exec -i web -- echo", "typed").stdout).toBe("typed\n");
    expect(run("exec web -- say 3")).toMatchObject({ stdout: "3\n", stderr: "command terminated with exit code 3\n", exitCode: 3 });
    expect(run("exec web -- nothing").stderr).toContain('exec: "nothing": executable file not found in $PATH');
    expect(run("exec web").stderr).toContain("you must specify at least one command for the container");
  });

  test("cp carries files both ways", () => {
    const { run, files } = testBench({ "a.txt": "A" });
    run("run web --image=web");
    run("wait --for=condition=Ready pod/web");
    expect(run("cp a.txt web:/tmp/b.txt")).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    expect(run("cp web:/tmp/b.txt c.txt").exitCode).toBe(0);
    expect(files.get("c.txt")).toBe("A");
    expect(run("cp a b").stderr).toBe("error: one of src or dest must be a remote file specification\n");
  });

  test("logs of what has not started say why", () => {
    const { run } = testBench();
    run("run bad --image=nothing");
    expect(run("wait --for=condition=Ready pod/bad --timeout=2s").exitCode).toBe(1);
    expect(run("logs bad").stderr).toMatch(/^Error from server \(BadRequest\): container "bad" in pod "bad" is waiting to start: /);
  });
});

describe("machines", () => {
  test("cordon, drain, uncordon and taint", () => {
    const { run } = testBench();
    run("create deployment web --image=web --replicas=2");
    run("rollout status deploy/web");
    expect(run("cordon node-1").stdout).toBe("node/node-1 cordoned\n");
    expect(run("drain node-1").stdout).toMatch(/^node\/node-1 already cordoned\nevicting pod default\/web-.*\npod\/web-.* evicted\nnode\/node-1 drained\n$/);
    expect(run("get nodes").stdout).toContain("Ready,SchedulingDisabled");
    expect(run("uncordon node-1").stdout).toBe("node/node-1 uncordoned\n");
    expect(run("taint nodes node-1 a=b:NoSchedule").stdout).toBe("node/node-1 tainted\n");
    expect(run("taint nodes node-1 a-").stdout).toBe("node/node-1 untainted\n");
  });
});

describe("the context", () => {
  test("its namespace can be changed, and stays changed", () => {
    const { run, files } = testBench();
    run("create namespace shop");
    expect(run("config set-context --current --namespace=shop").stdout).toBe('Context "kubernetes-admin@kubernetes" modified.\n');
    expect(run("get pods").stderr).toBe("No resources found in shop namespace.\n");
    expect(run("get pods -n default").stderr).toBe("No resources found in default namespace.\n");
    expect(files.get(".kube/config")).toContain("namespace: shop");
  });
});

describe("bad input", () => {
  test.each([
    ["gett pods", 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'],
    ["get pods --bogus", "error: unknown flag: --bogus\nSee 'kubectl get --help' for usage.\n"],
    ["get nothing", 'error: the server doesn\'t have a resource type "nothing"\n'],
    ["get pods/a b", "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'\n"],
    ["apply -f none.yaml", 'error: the path "none.yaml" does not exist\n'],
    ["apply -f broken.yaml", "error: error parsing broken.yaml: error converting YAML to JSON: yaml: line 1: mapping values are not allowed in this context\n"],
    ["delete pod", "error: resource(s) were provided, but no name was specified\n"],
    ["get pods --context=x", "Error in configuration: context was not found for specified context: x\n"],
  ])("%s", (line, stderr) => {
    const { run } = testBench({ "broken.yaml": "a: b: c\n" });
    expect(run(line)).toEqual({ stdout: "", stderr, exitCode: 1 });
  });

  test("every verb has help, and none of them throws at an odd line", () => {
    const { run } = testBench();
    for (const verb of completeKubectl([""])) {
      expect(run(`${verb} --help`).exitCode, verb).toBe(0);
      for (const line of [verb, `${verb} x`, `${verb} pods x`, `${verb} pods/x y=z`, `${verb} -f x`, `${verb} -- --`, `${verb} nodes node-1 -o yaml`]) expect(typeof run(line).stdout, line).toBe("string");
    }
  });

  test("completion offers verbs and subverbs", () => {
    expect(completeKubectl(["ro"])).toEqual(["rollout"]);
    expect(completeKubectl(["rollout", "st"])).toEqual(["status"]);
  });
});
