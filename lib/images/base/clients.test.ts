import { beforeEach, describe, expect, it } from "vitest";
import { createCluster, millis, POD, seconds, type Cluster, type OutboundRequest, type PacketTrace, type Pod } from "@/lib/engine";
import { catalog } from "../index";
import type { Caller, NetworkCommand } from "./network-command";
import { busyboxNslookup, nslookup } from "./nslookup";
import { busyboxWget } from "./wget/busybox";
import { wget } from "./wget/gnu";

type Answer = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly tlsProblem?: string } | "refused" | "timed-out" | "no-such-host";

/** A world of one server that answers as told, and remembers what it was asked. */
function world(command: NetworkCommand, answer: (request: OutboundRequest) => Answer) {
  const asked: OutboundRequest[] = [];
  const files = new Map<string, string>();
  const caller = {
    timestamp: "2026-01-02T03:04:05Z",
    request(request: OutboundRequest): PacketTrace {
      asked.push(request);
      const given = answer(request);
      const hops = [{ before: { destination: { ip: "10.96.3.4", port: request.port } } }];
      if (typeof given === "string") return { outcome: given, latency: given === "timed-out" ? 127_000 : 1, hops } as unknown as PacketTrace;
      const { tlsProblem, ...response } = given;
      return { outcome: "delivered", latency: 4, hops, ...(tlsProblem === undefined ? {} : { tlsProblem }), response: { status: 200, body: "", ...response } } as unknown as PacketTrace;
    },
    query: (name: string, type: string) => (name.startsWith("nope") ? { code: "NXDOMAIN", answer: [], authority: [], additional: [] } : { code: "NOERROR", answer: type === "SRV" ? [{ name: `${name}.`, ttl: 30, type, data: `0 100 80 ${name}.` }] : type === "PTR" ? [{ name: `${name}.`, ttl: 30, type, data: "web.default.svc.cluster.local." }] : [], authority: [], additional: [] }),
    files: {
      read: (path: string) => (path === "/etc/resolv.conf" ? "nameserver 10.96.0.10\n" : files.get(path)),
      stat: (path: string) => (path === "/tmp" || path === "/" ? { type: "directory" } : files.has(path) ? { type: "file" } : undefined),
      write: (path: string, text: string) => (path.startsWith("/nodir") ? "ENOENT" : void files.set(path, text)),
    },
  } as unknown as Caller;
  const run = (...args: readonly string[]) => {
    const { result, takes } = command({ argv: ["x", ...args], cwd: "/tmp", env: {}, stdin: "", id: 1, isExec: false }, caller);
    return { status: result.status, stdout: result.stdout ?? "", stderr: result.stderr ?? "", takes };
  };
  return { run, asked, files };
}

const page = (): Answer => ({ headers: { "content-type": "text/html" }, body: "hello there\n" });

describe("busybox wget", () => {
  it("tells what it fetches, from where, and where it goes", () => {
    const { run, files } = world(busyboxWget, page);
    expect(run("-O-", "web:8080/x")).toMatchObject({ status: 0, stdout: "hello there\n", stderr: `Connecting to web:8080 (10.96.3.4:8080)\nwriting to stdout\n-                    100% |${"*".repeat(32)}|    12  0:00:00 ETA\nwritten to stdout\n` });
    expect(run("http://web").stderr).toBe(`Connecting to web (10.96.3.4:80)\nsaving to 'index.html'\nindex.html           100% |${"*".repeat(32)}|    12  0:00:00 ETA\n'index.html' saved\n`);
    expect(run("-q", "http://web")).toMatchObject({ status: 1, stderr: "wget: can't open 'index.html': File exists\n" });
    expect(run("-q", "-P", "/tmp/", "http://web/a.txt").status).toBe(0);
    expect([...files.keys()]).toEqual(["/tmp/index.html", "/tmp/a.txt"]);
  });

  it("says what went wrong", () => {
    const failing = (answer: Answer, ...args: readonly string[]) => world(busyboxWget, () => answer).run(...args, "web");
    expect(failing({ status: 404 }, "-q").stderr).toBe("wget: server returned error: HTTP/1.1 404 Not Found\n");
    expect(failing("refused").stderr).toBe("Connecting to web (10.96.3.4:80)\nwget: can't connect to remote host (10.96.3.4): Connection refused\n");
    expect(failing("no-such-host")).toMatchObject({ status: 1, stderr: "wget: bad address 'web'\n" });
    expect(failing("timed-out", "-T", "2")).toMatchObject({ takes: 2000, stderr: "Connecting to web (10.96.3.4:80)\nwget: download timed out\n" });
    expect(failing("timed-out")).toMatchObject({ takes: 127_000, stderr: "Connecting to web (10.96.3.4:80)\nwget: can't connect to remote host (10.96.3.4): Connection timed out\n" });
    expect(failing(page(), "-Z").stderr).toMatch(/^wget: invalid option -- 'Z'\nBusyBox/);
  });

  it("sends headers and what is posted, and follows redirects", () => {
    const { run, asked } = world(busyboxWget, ({ path }) => (path === "/go" ? { status: 302, headers: { location: "http://other:81/x" } } : page()));
    expect(run("-q", "-O", "-", "--header", "Host: shop.example", "--header=X-One: 1", "--post-data", "a=1", "web/go").stdout).toBe("hello there\n");
    expect(asked.map(({ host, port, method, hostHeader, body }) => [host, port, method, hostHeader, body])).toEqual([["web", 80, "POST", "shop.example", "a=1"], ["other", 81, "GET", "shop.example", undefined]]);
    expect(asked[0]?.headers).toMatchObject({ "x-one": "1" });
    expect(run("-S", "--spider", "web/go").stderr).toContain("  HTTP/1.1 302 Found\n  Location: http://other:81/x\n");
  });
});

// Recorded from GNU Wget 1.21.3, its clock and speeds apart.
describe("GNU wget", () => {
  const steps = "Resolving web (web)... 10.96.3.4\nConnecting to web (web)|10.96.3.4|:80... connected.\nHTTP request sent, awaiting response... ";

  it("tells the whole story of a download", () => {
    const { run, files } = world(wget, page);
    expect(run("web").stderr).toBe(`--2026-01-02 03:04:05--  http://web/\n${steps}200 OK\nLength: 12 [text/html]\nSaving to: 'index.html'\n\n     0K                                                       100% 1.43M=0s\n\n2026-01-02 03:04:05 (1.43 MB/s) - 'index.html' saved [12/12]\n\n`);
    run("web");
    run("-q", "-O", "-", "web");
    expect([...files.keys()]).toEqual(["/tmp/index.html", "/tmp/index.html.1"]);
    expect(run("-nv", "-P", "d", "web/x?a=1").stderr).toBe("2026-01-02 03:04:05 URL:http://web/x?a=1 [12/12] -> \"d/x?a=1\" [1]\n");
    expect(run("-nc", "web").stderr).toBe("File 'index.html' already there; not retrieving.\n\n");
    expect(run("-O", "/nodir/x", "web")).toMatchObject({ status: 1, stderr: "/nodir/x: No such file or directory\n" });
  });

  it("has a code for every kind of failure", () => {
    const failing = (answer: Answer, ...args: readonly string[]) => world(wget, () => answer).run(...args, "web");
    expect(failing({ status: 404 })).toMatchObject({ status: 8, stderr: `--2026-01-02 03:04:05--  http://web/\n${steps}404 Not Found\n2026-01-02 03:04:05 ERROR 404: Not Found.\n\n` });
    expect(failing("refused")).toMatchObject({ status: 4, stderr: "--2026-01-02 03:04:05--  http://web/\nResolving web (web)... 10.96.3.4\nConnecting to web (web)|10.96.3.4|:80... failed: Connection refused.\n" });
    expect(failing("no-such-host")).toMatchObject({ status: 4, stderr: "--2026-01-02 03:04:05--  http://web/\nResolving web (web)... failed: Name or service not known.\nwget: unable to resolve host address 'web'\n" });
    expect(failing({ tlsProblem: "self-signed" }).status).toBe(5);
    expect(failing({ status: 401 })).toMatchObject({ status: 6 });
    expect(failing(page(), "-Z")).toMatchObject({ status: 2, stderr: "wget: invalid option -- 'Z'\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n" });
    expect(failing({ status: 404 }, "--spider").stderr).toContain("Remote file does not exist -- broken link!!!\n");
  });

  it("tries again when nobody answers, and gives up", () => {
    const { run, asked } = world(wget, () => "timed-out");
    const { status, stderr, takes } = run("-T", "1", "-t", "3", "10.1.1.1");
    expect([status, asked.length, takes]).toEqual([4, 3, 3000 + 1000 + 2000]);
    expect(stderr).toBe("--2026-01-02 03:04:05--  http://10.1.1.1/\nConnecting to 10.1.1.1:80... failed: Connection timed out.\nRetrying.\n\n--2026-01-02 03:04:07--  (try:  2)  http://10.1.1.1/\nConnecting to 10.1.1.1:80... failed: Connection timed out.\nRetrying.\n\n--2026-01-02 03:04:10--  (try:  3)  http://10.1.1.1/\nConnecting to 10.1.1.1:80... failed: Connection timed out.\nGiving up.\n\n");
  });

  it("follows redirects on the connection it has, and stops at a circle", () => {
    const { run, files } = world(wget, ({ path }) => (path === "/x" ? page() : { status: 302, headers: { location: path === "/r" ? "/x" : "/loop" } }));
    expect(run("web/r").stderr).toContain("302 Found\nLocation: /x [following]\n--2026-01-02 03:04:05--  http://web/x\nReusing existing connection to web:80.\nHTTP request sent, awaiting response... 200 OK\n");
    expect([...files.keys()]).toEqual(["/tmp/r"]);
    expect(run("--max-redirect=2", "-nv", "web/loop")).toMatchObject({ status: 8, stderr: "2 redirections exceeded.\n" });
  });
});

describe("nslookup", () => {
  it("asks for any type, and back from an address", () => {
    expect(world(nslookup, page).run("-type=SRV", "web.default.svc.cluster.local").stdout).toBe("Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nweb.default.svc.cluster.local\tservice = 0 100 80 web.default.svc.cluster.local.\n\n");
    expect(world(nslookup, page).run("10.96.3.4").stdout).toBe("4.3.96.10.in-addr.arpa\tname = web.default.svc.cluster.local.\n\n");
    expect(world(busyboxNslookup, page).run("10.96.3.4").stdout).toBe("Server:\t\t10.96.0.10\nAddress:\t10.96.0.10:53\n\n4.3.96.10.in-addr.arpa\tname = web.default.svc.cluster.local\n\n");
    expect(world(nslookup, page).run("-type=mx", "nope")).toMatchObject({ status: 1, stdout: "Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\n** server can't find nope: NXDOMAIN\n\n" });
  });
});

describe("listeners in a script", () => {
  const key = { namespace: "default", name: "p" };
  let cluster: Cluster;
  const runs = (script: string) => {
    cluster.as("admin").create({ apiVersion: "v1", kind: "Pod", metadata: key, spec: { containers: [{ name: "c", image: "busybox", command: ["sh", "-c", script] }] } });
    cluster.advance(seconds(20));
    return cluster.as("admin").get<Pod>(POD, key)?.status?.podIP ?? "";
  };
  const get = (ip: string, port: number, path = "/") => cluster.send({ node: "n1" }, { protocol: "http", host: ip, port, path });
  const log = () => (cluster.logs(key, "c") ?? []).map(({ text }) => text).join("\n");

  beforeEach(() => {
    cluster = createCluster({ seed: 1, kubernetesVersion: "v1.36.2", nodes: [{ name: "n1", cpu: "4", memory: "8Gi" }], images: catalog });
    cluster.advance(seconds(5));
  });

  it("answers one visitor after another with nc, each with what it was given to say", () => {
    const ip = runs('n=0; while true; do n=$((n+1)); printf "HTTP/1.1 201 OK\\r\\nX-Turn: $n\\r\\n\\r\\nvisit $n\\n" | nc -l -p 8080; done');
    expect(get(ip, 8080, "/one").response).toMatchObject({ status: 201, headers: { "x-turn": "1" }, body: "visit 1\n" });
    cluster.advance(millis(200));
    expect(get(ip, 8080, "/two").response?.body).toBe("visit 2\n");
    expect(log()).toContain("GET /two HTTP/1.1");
  });

  it("serves a folder with busybox httpd", () => {
    const ip = runs("mkdir /www; echo hola > /www/index.html; exec httpd -f -v -p 8080 -h /www");
    expect(get(ip, 8080).response).toMatchObject({ status: 200, body: "hola\n" });
    expect(get(ip, 8080, "/nope").response).toMatchObject({ status: 404 });
    expect(log()).toMatch(/response:200\n.*response:404$/);
  });

  it("knows its own address and its neighbours' names", () => {
    const ip = runs("hostname -i; hostname; export A=1 B=2; echo '$A ${B} $C' | envsubst; echo '$A ${B}' | envsubst '$A'");
    expect(log()).toBe(`${ip}\np\n1 2 \n1 \${B}`);
  });

  it("connects with nc once the answer has come", () => {
    runs("nc -lk -p 9000 & sleep 1; echo hi | nc 127.0.0.1 9000; nc -zv 127.0.0.1 9000; nc -z 127.0.0.1 9001; echo code $?; sleep 1000");
    expect(log()).toBe("hi\n127.0.0.1 (127.0.0.1:9000) open\nnc: 127.0.0.1 (127.0.0.1:9001): Connection refused\ncode 1");
  });
});
