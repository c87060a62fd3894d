import { describe, expect, it } from "vitest";
import type { AppResponse, OutboundRequest, PacketTrace } from "@/lib/engine";
import type { Caller } from "../network-command";
import { curl } from "./index";

type Answer = Partial<AppResponse> | "refused" | "timed-out" | "no-such-host";

/** A world of one server that answers as told, and remembers what it was asked. */
function world(answer: (request: OutboundRequest) => Answer) {
  const asked: OutboundRequest[] = [];
  const files = new Map<string, string>([["/tmp/body.txt", "line 1\nline 2\n"]]);
  const caller = {
    request(request: OutboundRequest): PacketTrace {
      asked.push(request);
      const given = answer(request);
      const hops = [{ before: { destination: { ip: "10.96.3.4", port: request.port } } }];
      if (typeof given === "string") return { outcome: given, latency: given === "timed-out" ? 127_000 : 1, hops } as unknown as PacketTrace;
      return { outcome: "delivered", latency: 4, hops, response: { status: 200, body: "", ...given } } as unknown as PacketTrace;
    },
    files: {
      read: (path: string) => files.get(path),
      stat: (path: string) => (path === "/tmp" || path === "/" ? { type: "directory" } : files.has(path) ? { type: "file" } : undefined),
      write: (path: string, text: string) => void files.set(path, text),
    },
  } as unknown as Caller;
  const run = (...args: readonly string[]) => {
    const { result, takes } = curl({ argv: ["curl", ...args], cwd: "/tmp", env: {}, stdin: "typed", id: 1, isExec: false }, caller);
    return { status: result.status, stdout: result.stdout ?? "", stderr: result.stderr ?? "", takes };
  };
  return { run, asked, files };
}

const page = () => world(() => ({ headers: { server: "nginx", "content-type": "text/html" }, body: "hello\n" }));

describe("curl", () => {
  it("fills in what -w asks for, and nothing for what it does not know", () => {
    const { run } = page();
    expect(run("-s", "-o", "/dev/null", "-w", "%{http_code} %{time_total} %{size_download} %{remote_ip}:%{remote_port} %{content_type} %{url_effective} [%{nonsense}] 100%%\\n", "web").stdout).toBe("200 0.004000 6 10.96.3.4:80 text/html http://web/ [] 100%\n");
  });

  it("writes answers to files, each URL to its own", () => {
    const { run, files } = page();
    expect(run("-s", "web/a", "-o", "one", "http://web/dir/two.txt?x=1", "-O")).toMatchObject({ status: 0, stdout: "" });
    expect([files.get("/tmp/one"), files.get("/tmp/two.txt")]).toEqual(["hello\n", "hello\n"]);
    expect(run("-s", "-S", "-O", "web")).toMatchObject({ status: 23, stderr: "curl: (23) Failed to extract a filename to use for storage\n" });
    expect(run("-sS", "-o", "/nowhere/x", "web").status).toBe(23);
  });

  it("tells its story with -v", () => {
    const { stderr, stdout } = page().run("-v", "-H", "X-One: 1", "web:8080/p");
    expect(stdout).toBe("hello\n");
    expect(stderr.split("\n")).toEqual(["* Host web:8080 was resolved.", "* IPv6: (none)", "* IPv4: 10.96.3.4", "*   Trying 10.96.3.4:8080...", "* Connected to web (10.96.3.4) port 8080", "> GET /p HTTP/1.1", "> Host: web:8080", "> User-Agent: curl/8.14.1", "> Accept: */*", "> X-One: 1", "> ", "* Request completely sent off", "< HTTP/1.1 200 OK", "< server: nginx", "< content-type: text/html", "< ", "{ [6 bytes data]", "* Connection #0 to host web left intact", ""]);
  });

  it("sends what it is told to, as it is told to", () => {
    const { run, asked } = page();
    run("-s", "-d", "a=1", "-d", "@body.txt", "-u", "ana:clave", "web");
    run("-s", "--json", '{"a":1}', "web");
    run("-s", "-G", "--data-urlencode", "q=a b&c", "web/find?x=1");
    run("-s", "-T", "body.txt", "web/up/");
    run("-s", "-X", "DELETE", "-H", "Host: other", "-H", "Accept:", "-A", "me", "web");
    run("-s", "--data-binary", "@-", "http://u:p@web");
    expect(asked).toMatchObject([
      { method: "POST", body: "a=1&line 1line 2", headers: { authorization: "Basic YW5hOmNsYXZl", "content-type": "application/x-www-form-urlencoded" } },
      { method: "POST", body: '{"a":1}', headers: { accept: "application/json", "content-type": "application/json" } },
      { method: "GET", path: "/find?x=1&q=a%20b%26c" },
      { method: "PUT", path: "/up/body.txt", body: "line 1\nline 2\n" },
      { method: "DELETE", hostHeader: "other", headers: { "user-agent": "me" } },
      { method: "POST", body: "typed", headers: { authorization: "Basic dTpw" } },
    ]);
    expect(asked[4]?.headers).not.toHaveProperty("accept");
  });

  it("follows redirects only with -L, so many and no more", () => {
    const { run, asked } = world(({ path }) => (path === "/end" ? { body: "there" } : path === "/loop" ? { status: 302, headers: { location: "/loop" } } : { status: 301, headers: { location: "http://web/end" } }));
    expect(run("-s", "web").stdout).toBe("");
    expect(run("-sL", "-w", " %{num_redirects}", "-d", "x=1", "web").stdout).toBe("there 1");
    expect(asked.at(-1)).toMatchObject({ method: "GET", path: "/end" });
    expect(run("-sSL", "--max-redirs", "3", "web/loop")).toMatchObject({ status: 47, stderr: "curl: (47) Maximum (3) redirects followed\n" });
  });

  it("fails as curl does", () => {
    const wrong = (answer: Answer) => world(() => answer).run;
    expect(wrong("no-such-host")("web")).toMatchObject({ status: 6, stderr: "curl: (6) Could not resolve host: web\n" });
    expect(wrong("refused")("web:81")).toMatchObject({ status: 7, stderr: "curl: (7) Failed to connect to web port 81 after 1 ms: Could not connect to server\n" });
    expect(wrong("timed-out")("-m", "2", "web")).toMatchObject({ status: 28, takes: 2000, stderr: "curl: (28) Connection timed out after 2000 milliseconds\n" });
    expect(wrong("timed-out")("--connect-timeout", "1.5", "web")).toMatchObject({ status: 28, takes: 1500, stderr: "curl: (28) Failed to connect to web port 80 after 1500 ms: Timeout was reached\n" });
    expect(wrong({ status: 404, body: "no" })("-f", "web")).toMatchObject({ status: 22, stdout: "", stderr: "curl: (22) The requested URL returned error: 404\n" });
    expect(wrong({ status: 404, body: "no" })("--fail-with-body", "-s", "web")).toMatchObject({ status: 22, stdout: "no", stderr: "" });
    expect(wrong("refused")("-s", "web")).toMatchObject({ status: 7, stderr: "" });
  });

  it("tries again when asked to, and says so", () => {
    const { run, asked } = world(() => "refused");
    const { stderr, takes } = run("--retry", "2", "--retry-connrefused", "web");
    expect(asked).toHaveLength(3);
    expect(takes).toBe(3003);
    expect(stderr).toBe("Warning: Problem: connection refused. Will retry in 1 second. 2 retries left.\nWarning: Problem: connection refused. Will retry in 2 seconds. 1 retry left.\ncurl: (7) Failed to connect to web port 80 after 1 ms: Could not connect to server\n");
  });

  it("refuses what it does not understand", () => {
    const { run } = page();
    const help = "curl: try 'curl --help' or 'curl --manual' for more information\n";
    expect(run("--nope", "web")).toMatchObject({ status: 2, stderr: `curl: option --nope: is unknown\n${help}` });
    expect(run("-X")).toMatchObject({ status: 2, stderr: `curl: option -X: requires parameter\n${help}` });
    expect(run()).toMatchObject({ status: 2, stderr: "curl: (2) no URL specified\n" });
    expect(run("ftp://web")).toMatchObject({ status: 1, stderr: 'curl: (1) Protocol "ftp" not supported\n' });
    expect(run("http://a b")).toMatchObject({ status: 3 });
    expect(run("-V").stdout).toMatch(/^curl 8\.14\.1 /);
  });
});
