import { defineRepository, type Repository } from "../image";
import { curl, nc, nslookup, wget } from "./network-commands";
import { shellPrograms } from "./shell-program";

const release = (name: string, version: string): Readonly<Record<string, string>> => ({ "/etc/os-release": `NAME="${name}"\nVERSION_ID="${version}"\n`, "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\n" });

const busyboxPrograms = shellPrograms({ wget, nslookup, nc });
const fullPrograms = shellPrograms({ wget, curl, nslookup, nc }, ["bash"]);

/** Bases with a shell: nothing listens, they do what their command says. */
export const bases: readonly Repository[] = [
  defineRepository("docker.io/library/busybox", () => ({ cmd: ["sh"], programs: busyboxPrograms, files: release("BusyBox", "1.37"), megabytes: 4 })),
  defineRepository("docker.io/library/alpine", () => ({ cmd: ["/bin/sh"], programs: busyboxPrograms, files: release("Alpine Linux", "3.22"), megabytes: 8 })),
  defineRepository("docker.io/library/ubuntu", () => ({ cmd: ["/bin/bash"], programs: fullPrograms, files: release("Ubuntu", "24.04"), megabytes: 78 })),
  defineRepository("docker.io/library/debian", () => ({ cmd: ["bash"], programs: fullPrograms, files: release("Debian GNU/Linux", "13"), megabytes: 117 })),
  defineRepository("docker.io/library/fedora", () => ({ cmd: ["/bin/bash"], programs: fullPrograms, files: release("Fedora Linux", "43"), megabytes: 160 })),
  defineRepository("docker.io/curlimages/curl", () => ({ entrypoint: ["curl"], programs: fullPrograms, user: 100, megabytes: 22 })),
  defineRepository("docker.io/nicolaka/netshoot", () => ({ cmd: ["bash"], programs: fullPrograms, files: release("Alpine Linux", "3.22"), megabytes: 480 })),
];
