import { describe, expect, it } from "vitest";
import type { FileSystem } from "@/lib/engine";
import { runTar, tarCall, type TarCall } from "./tar";

function disk(given: Record<string, string> = {}): { files: FileSystem; kept: Map<string, string> } {
  const kept = new Map(Object.entries(given));
  const folders = new Set(["/", "/tmp", "/etc"]);
  const list = (path: string): string[] => [...new Set([...kept.keys(), ...folders].filter((name) => name !== path && name.startsWith(path === "/" ? "/" : `${path}/`)).map((name) => name.slice(path === "/" ? 1 : path.length + 1).split("/")[0] ?? ""))];
  const files: FileSystem = {
    read: (path) => kept.get(path),
    stat: (path) => (kept.has(path) ? { type: "file", size: kept.get(path)?.length ?? 0, modified: 0, mode: 0o644 } : folders.has(path) ? { type: "directory", size: 0, modified: 0, mode: 0o755 } : undefined),
    list: (path) => (folders.has(path) ? list(path) : undefined),
    write: (path, content) => void kept.set(path, content),
    append: () => undefined,
    makeDirectory: (path) => void folders.add(path),
    remove: () => undefined,
    chmod: () => undefined,
    lock: () => true,
  };
  return { files, kept };
}

const call = (...words: string[]): TarCall => tarCall(words) as TarCall;

describe("tar in a container", () => {
  it("packs what another disk unpacks, folders and accents included", () => {
    const from = disk({ "/etc/a.txt": "año\n", "/etc/b.txt": "x".repeat(2000) });
    const packed = runTar(from.files, call("tar", "cf", "-", "/etc"), Buffer.alloc(0));
    expect([packed.code, packed.stdout.length % 512]).toEqual([0, 0]);
    const to = disk();
    expect(runTar(to.files, call("tar", "-xmf", "-", "-C", "/tmp"), packed.stdout).code).toBe(0);
    expect(Object.fromEntries(to.kept)).toEqual({ "/tmp/etc/a.txt": "año\n", "/tmp/etc/b.txt": "x".repeat(2000) });
  });

  it("says what is not there", () => {
    expect(runTar(disk().files, call("tar", "cf", "-", "/no"), Buffer.alloc(0))).toMatchObject({ code: 2, stderr: expect.stringContaining("/no: Cannot stat") as string });
    expect(runTar(disk().files, call("tar", "xf", "-", "-C", "/no"), Buffer.alloc(0)).code).toBe(2);
  });

  it("takes no archive to be one, and stays inside the container", () => {
    expect(runTar(disk().files, call("tar", "xf", "-"), Buffer.from("z".repeat(1024))).code).toBe(2);
    expect(tarCall(["tar", "czf", "-", "/x"])).toBeUndefined();
    expect(tarCall(["ls"])).toBeUndefined();
  });
});
