import { defineRepository, type Repository } from "../image";
import { fullLooks, getent } from "./looking-commands";
import { curl } from "./curl/index";
import { nc } from "./netcat";
import { nslookup } from "./nslookup";
import { packageManagers } from "./package-commands";
import { shellPrograms } from "./shell-program";
import { smallHttpd } from "./small-httpd";
import { busyboxWget } from "./wget/busybox";
import { wget } from "./wget/gnu";

const release = (name: string, version: string): Readonly<Record<string, string>> => ({ "/etc/os-release": `NAME="${name}"\nVERSION_ID="${version}"\n`, "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n" });

const tools = "busybox";
const net = { wget, curl, nslookup, nc, ...fullLooks };
/** On Alpine everything is there, but wget stays busybox's. */
const alpineNet = { ...net, wget: busyboxWget };
const full = (family: "debian" | "fedora"): ReturnType<typeof shellPrograms> => shellPrograms({ ...net, ...packageManagers[family] }, ["bash"]);
const debian = full("debian");
const fedora = full("fedora");
const alpine = shellPrograms({ getent, ...packageManagers.alpine }, [], {}, { tools });

/** Bases with a shell: nothing listens, they do what their command says. */
export const bases: readonly Repository[] = [
  defineRepository("docker.io/library/busybox", () => ({ cmd: ["sh"], programs: shellPrograms({}, [], { httpd: smallHttpd }, { tools }), files: release("BusyBox", "1.37"), megabytes: 4 })),
  defineRepository("docker.io/library/alpine", () => ({ cmd: ["/bin/sh"], programs: alpine, files: release("Alpine Linux", "3.22"), megabytes: 8, base: "alpine" })),
  defineRepository("docker.io/library/ubuntu", () => ({ cmd: ["/bin/bash"], programs: debian, files: release("Ubuntu", "24.04"), megabytes: 78, base: "ubuntu" })),
  defineRepository("docker.io/library/debian", (tag) => ({ cmd: ["bash"], programs: debian, files: release("Debian GNU/Linux", "13"), megabytes: tag.includes("slim") ? 28 : 117, base: tag.includes("slim") ? "debian" : "none" })),
  defineRepository("docker.io/library/fedora", () => ({ cmd: ["/bin/bash"], programs: fedora, files: release("Fedora Linux", "43"), megabytes: 160, base: "none" })),
  ...["docker.io/library/rockylinux", "docker.io/library/almalinux", "quay.io/centos/centos", "docker.io/library/amazonlinux", "docker.io/library/oraclelinux", "registry.access.redhat.com/ubi9/ubi", "registry.access.redhat.com/ubi9/ubi-minimal", "registry.access.redhat.com/ubi9"].map((name) => defineRepository(name, () => ({ cmd: ["/bin/bash"], programs: fedora, files: release("Red Hat Enterprise Linux", "9.6"), megabytes: 210, base: "none" }))),
  defineRepository("docker.io/curlimages/curl", () => ({ entrypoint: ["curl"], programs: shellPrograms(alpineNet, ["bash"], {}, { tools }), user: 100, megabytes: 22 })),
  defineRepository("docker.io/nicolaka/netshoot", () => ({ cmd: ["bash"], programs: shellPrograms({ ...alpineNet, ...packageManagers.alpine }, ["bash"], {}, { tools, jq: true }), files: release("Alpine Linux", "3.22"), megabytes: 480 })),
  defineRepository("registry.k8s.io/e2e-test-images/jessie-dnsutils", () => ({ cmd: ["sleep", "3600"], programs: shellPrograms(net, ["bash"]), files: release("Debian GNU/Linux", "8"), megabytes: 112 })),
  ...["docker.io/alpine/k8s", "docker.io/badouralix/curl-jq"].map((name) => defineRepository(name, () => ({ cmd: ["sh"], programs: shellPrograms(alpineNet, ["bash"], {}, { tools, jq: true }), files: release("Alpine Linux", "3.22"), megabytes: 300 }))),
];
