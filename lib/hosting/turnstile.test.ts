import { describe, expect, it } from "vitest";
import { Turnstile } from "./turnstile";

/** A door that opens when told. */
function door(): { readonly wait: Promise<void>; open(): void } {
  let open = () => {};
  const wait = new Promise<void>((resolve) => (open = resolve));
  return { wait, open: () => open() };
}

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("Turnstile", () => {
  it("never lets two of the same key in at once, and keeps their order", async () => {
    const turnstile = new Turnstile({ inside: 4, waiting: 10, waitingPerKey: 10 });
    const seen: string[] = [];
    let inside = 0;
    await Promise.all(
      ["1", "2", "3"].map((name) =>
        turnstile.pass("ana", async () => {
          inside += 1;
          expect(inside).toBe(1);
          seen.push(name);
          await tick();
          inside -= 1;
        }),
      ),
    );
    expect(seen).toEqual(["1", "2", "3"]);
  });

  it("lets another key past someone who waits behind themselves", async () => {
    const turnstile = new Turnstile({ inside: 2, waiting: 10, waitingPerKey: 10 });
    const first = door();
    const seen: string[] = [];
    const work = [
      turnstile.pass("ana", async () => first.wait),
      turnstile.pass("ana", async () => void seen.push("ana again")),
      turnstile.pass("luis", async () => void seen.push("luis")),
    ];
    await tick();
    expect(seen).toEqual(["luis"]);
    first.open();
    await Promise.all(work);
    expect(seen).toEqual(["luis", "ana again"]);
  });

  it("refuses at once when the queue is full, and frees the place after a failure", async () => {
    const turnstile = new Turnstile({ inside: 1, waiting: 1, waitingPerKey: 1 });
    const first = door();
    const failing = turnstile.pass("a", async () => {
      await first.wait;
      throw new Error("broken");
    });
    const waiting = turnstile.pass("b", async () => "b");
    expect(await turnstile.pass("c", async () => "c")).toBeNull();
    first.open();
    await expect(failing).rejects.toThrow("broken");
    expect(await waiting).toEqual({ result: "b" });
    expect(await turnstile.pass("c", async () => "c")).toEqual({ result: "c" });
  });
});
