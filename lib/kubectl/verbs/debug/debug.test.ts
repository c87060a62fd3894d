import { describe, expect, test } from "vitest";
import { testBench } from "../../testing/bench";

describe("kubectl debug", () => {
  test("adds a container beside the others, copies a pod, and makes a pod on a machine", () => {
    const { run } = testBench();
    run("run web --image=web:1");
    run("wait --for=condition=Ready pod/web");
    const added = run("debug web --image=crasher:1 --target=web -c looker -- crasher 0");
    expect(added.stdout).toContain('Targeting container "web".');
    expect(added.exitCode).toBe(0);
    expect(run("get pod web -o jsonpath={.spec.ephemeralContainers[0].name}").stdout).toBe("looker");
    expect(run("debug web").stderr).toContain("you must specify --image when not using --copy-to.");
    expect(run("debug web --image=web:1 --target=nobody").stderr).toMatch(/targetContainerName: Not found: "nobody"/);
    expect(run("debug web --copy-to=web-debug --container=web -- sleeper").exitCode).toBe(0);
    expect(run("get pod web-debug -o jsonpath={.spec.shareProcessNamespace}/{.spec.containers[0].command[0]}/{.metadata.labels}").stdout).toBe("true/sleeper/");
    const node = run("get nodes -o jsonpath={.items[0].metadata.name}").stdout;
    expect(run(`debug node/${node} --image=web:1`).stdout).toMatch(new RegExp(`^Creating debugging pod node-debugger-${node}-[a-z0-9]{5} with container debugger on node ${node}\\.\\n$`));
  });
});
