import { beforeEach, describe, expect, test } from "vitest";
import { testBench, type TestBench } from "../../testing/bench";

describe("config", () => {
  let bench: TestBench;
  beforeEach(() => {
    bench = testBench({ "a.crt": "cert\n" });
  });

  test("entries are set by flags and by their path, and shown without their secrets", () => {
    expect(bench.run("config set-credentials ana --username=ana --password=x").stdout).toBe('User "ana" set.\n');
    expect(bench.run("config view -o jsonpath={.users[0].user}").stdout).toBe('{"password":"REDACTED","username":"ana"}');
    expect(bench.run("config set-credentials ana --token=abc").exitCode).toBe(0);
    expect(bench.run("config view --raw -o jsonpath={.users[0].user}").stdout).toBe('{"token":"abc"}');
    bench.run("config set-cluster dev --server=https://dev:6443 --certificate-authority=a.crt --embed-certs=true");
    expect(bench.run("config view -o jsonpath={.clusters[0].cluster}").stdout).toBe('{"certificate-authority-data":"DATA+OMITTED","server":"https://dev:6443"}');
    expect(bench.run("config set contexts.dev.namespace shop").stdout).toBe('Property "contexts.dev.namespace" set.\n');
    expect(bench.run("config view -o jsonpath={.contexts[0].context}").stdout).toBe('{"cluster":"","namespace":"shop","user":""}');
    expect(bench.run("config unset contexts.dev").stdout).toBe('Property "contexts.dev" unset.\n');
    expect(bench.run("config get-contexts -o name").stdout).toBe("kubernetes-admin@kubernetes\n");
  });

  test("without a context or a cluster there is nobody to ask", () => {
    bench.run("config set current-context nope");
    expect(bench.run("get pods").stderr).toBe("Error in configuration: context was not found for specified context: nope\n");
    bench.run("config unset current-context");
    expect(bench.run("get pods").stderr).toBe("The connection to the server localhost:8080 was refused - did you specify the right host or port?\n");
    expect(bench.run("config delete-cluster kubernetes").stdout).toBe("deleted cluster kubernetes from ~/.kube/config\n");
    expect(bench.run("config delete-user nope").stderr).toBe("error: cannot delete user nope, not in ~/.kube/config\n");
  });

  test.each([
    ["config set nope.x y", "error: unable to parse nope.x after [] at api.Config\n"],
    ["config set-context a --current", "error: you cannot specify both a context name and --current\n"],
    ["config set-credentials ana --token=a --username=b", "error: you cannot specify more than one authentication method at the same time: --token, --username/--password\n"],
    ["config set-cluster dev --certificate-authority=no.crt --embed-certs=true", "error: could not stat certificate-authority file no.crt: stat no.crt: no such file or directory\n"],
    ["config rename-context a", "error: Unexpected args: [a]\n"],
  ])("kubectl %s", (line, stderr) => {
    expect(bench.run(line)).toMatchObject({ stderr, exitCode: 1 });
  });
});
