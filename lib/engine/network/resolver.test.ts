import { describe, expect, it } from "vitest";
import { fixedServer, parseResolvConf, searchName } from "./resolver";

const asked = (conf: string, name: string, libc: "glibc" | "musl" = "glibc"): readonly string[] => searchName(parseResolvConf(conf), name, libc, fixedServer({})).steps.map((step) => step.name);

describe("resolv.conf, as glibc 2.36 reads it", () => {
  it("knows keywords and remarks only at the start of a line", () => {
    expect(parseResolvConf("  search a\n; search b\nnameserver\t10.96.0.10 # the cluster\nsearch c # d\n")).toEqual({ servers: ["10.96.0.10"], search: ["c", "#", "d"], ndots: 1 });
  });
  it("keeps the former list where a line names nothing, and takes the last that does", () => {
    expect(parseResolvConf("search a b\nsearch\n").search).toEqual(["a", "b"]);
    expect(parseResolvConf("search a b\ndomain c\n").search).toEqual(["c"]);
  });
  it.each([["ndots:x", 0], ["ndots:", 0], ["ndots:3abc", 3], ["ndots:20", 15], ["ndots:-1", 15], ["ndots: 4", 4], ["ndots:2 ndots:5", 5]])("reads %s as C's atoi does", (option, ndots) => {
    expect(parseResolvConf(`options ${option}\n`).ndots).toBe(ndots);
  });
});

describe("a search for a name", () => {
  it("asks nobody for what is no host name or is an address", () => {
    expect(["-x", "a b", "*.shop", "a..b", "::1", "10.1.2.3"].flatMap((name) => asked("search c.local\noptions ndots:5\n", name))).toEqual([]);
    expect(asked("search c.local\n", "_x.a_b")).toEqual(["_x.a_b.", "_x.a_b.c.local."]);
    expect(searchName(parseResolvConf(""), "10.1.2.3", "glibc", fixedServer({})).found?.reply.answer[0]?.data).toBe("10.1.2.3");
  });
  it("ends at the first name too long for a question, and asks the name by itself", () => {
    expect(asked(`search ${"x".repeat(64)} c.local\noptions ndots:5\n`, "web.shop")).toEqual(["web.shop."]);
    expect(asked("search a..b c.local\noptions ndots:5\n", "web", "musl")).toEqual(["web."]);
  });
  it("leaves a name without a dot to the search domains with no-tld-query", () => {
    expect(asked("search c.local\noptions no-tld-query\n", "web")).toEqual(["web.c.local."]);
    expect(asked("search c.local\noptions no-tld-query ndots:5\n", "web.shop")).toEqual(["web.shop.c.local.", "web.shop."]);
  });
});
