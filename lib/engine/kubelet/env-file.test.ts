import { describe, expect, it } from "vitest";
import { POD } from "../apimachinery/kinds";
import { createCluster, type Cluster } from "../cluster";
import { defineProgram, type ImageCatalog } from "../machine/behaviour";
import type { Pod } from "../resources/core/pod/pod";
import { seconds } from "../sim/clock";
import { variableIn } from "./env-file";
import { testImages } from "./testing/images";

describe("an env file", () => {
  it.each([
    ["   A='1'\n\t\tB='2'\n", "B", "2"],
    ["# said\n\nA='1'\n   # more\n\nB='2'\n", "B", "2"],
    ["A='1'\n", "C", ""],
    ["A='1#2'\n", "A", "1#2"],
    ["A='  1  '\n", "A", "  1  "],
    ["A=''\n", "A", ""],
    ["A='1=2=3'", "A", "1=2=3"],
    ["A='1' # said\n", "A", "1"],
    ["A='$B${C}'", "A", "$B${C}"],
    ["A= '1'\nB='2'", "A", ""],
    ["A= '1'\nB='2'", "B", "2"],
    ["A='one\n\n  three  '\nB='2'", "A", "one\n\n  three  "],
    ["A='one\r\ntwo'\r\nB='2'\r\n", "B", "2"],
    ["A='1'\nWRONG\n", "A", "1"],
  ])("%j sets %s to %j", (file, key, value) => {
    expect(variableIn(file, key)).toEqual({ value });
  });

  it.each([
    ["A = '1'", "at line 1: whitespace before '=' is not allowed"],
    ["='1'\nB='2'", "at line 1: empty variable name"],
    ["A='1'\nWRONG\nB='2'", "at line 2: missing '='"],
    ["A='1'\nB=2\n", "at line 2: value must be enclosed in single quotes"],
    ['A="1"', "at line 1: value must be enclosed in single quotes"],
    ["A='1''2'", "at line 1: unexpected content after closing quote"],
    ["A='1\nC='2'\nB='3'", "at line 2: unexpected content after closing quote"],
    ["A='1'\nB='2\n", "starting at line 2: unclosed single quote"],
  ])("%j is wrong %s", (file, error) => {
    expect(variableIn(file, "B")).toEqual({ error: `invalid environment variable format ${error}` });
  });
});

/** `write TEXT` puts its text in /data/config.env. */
const images: ImageCatalog = {
  pull(reference) {
    const found = testImages.pull(reference);
    const write = defineProgram<null>({
      start(process) {
        process.files.write("/data/config.env", process.argv[1] ?? "");
        return { state: null, exit: { code: 0 } };
      },
    });
    return "image" in found ? { image: { ...found.image, programs: { ...found.image.programs, write } } } : found;
  },
};

function withFile(text: string, key: object = {}): Cluster {
  const c = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "node-1", cpu: "2", memory: "1Gi" }], images });
  const valueFrom = { fileKeyRef: { volumeName: "config", path: "config.env", key: "ADDRESS", ...key } };
  c.as("admin").create({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "default" },
    spec: {
      restartPolicy: "Never",
      initContainers: [{ name: "setup", image: "web:1", command: ["write", text], volumeMounts: [{ name: "config", mountPath: "/data" }] }],
      containers: [{ name: "use", image: "printer:1", env: [{ name: "DB", valueFrom }] }],
      volumes: [{ name: "config", emptyDir: {} }],
    },
  });
  c.advance(seconds(20));
  return c;
}

const variable = (c: Cluster) => c.logs({ namespace: "default", name: "p" }, "use")?.map(({ text }) => text).find((text) => text.startsWith("DB="));
const waiting = (c: Cluster) => c.as("admin").get<Pod>(POD, { namespace: "default", name: "p" })?.status?.containerStatuses?.[0]?.state.waiting;

describe("a variable from a file", () => {
  it("is what an init container wrote, in a container that does not mount it", () => {
    const c = withFile("ADDRESS='db:5432'\n");
    expect(variable(c)).toBe("DB=db:5432");
    expect(c.as("admin").get<Pod>(POD, { namespace: "default", name: "p" })?.spec.containers[0]?.env?.[0]?.valueFrom?.fileKeyRef?.optional).toBe(false);
  });

  it("holds the container up when it is not there, unless optional", () => {
    expect(waiting(withFile("OTHER='1'\n"))).toEqual({ reason: "CreateContainerConfigError", message: expect.stringMatching(/^environment variable key "ADDRESS" not found in file "\/var\/lib\/kubelet\/pods\/.*\/volumes\/kubernetes\.io~empty-dir\/config\/config\.env"$/) as string });
    const optional = withFile("OTHER='1'\n", { optional: true });
    expect([waiting(optional), variable(optional)]).toEqual([undefined, undefined]);
  });

  it("holds the container up when the file is not there or cannot be understood, even when optional", () => {
    expect(waiting(withFile("ADDRESS=db\n", { optional: true }))?.message).toBe("couldn't parse env file");
    expect(waiting(withFile("ADDRESS='db'\n", { path: "other.env", optional: true }))?.message).toBe("couldn't parse env file");
  });
});
