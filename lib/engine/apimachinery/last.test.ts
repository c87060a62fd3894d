import { expect, it } from "vitest";
import { oncePerRun } from "./last";

it("looks once at what many in a row share, and again when it comes back", () => {
  const seen: unknown[] = [];
  const size = oncePerRun((list: readonly number[] | undefined) => {
    seen.push(list);
    return list?.length ?? -1;
  });
  const [one, two] = [[1], [1, 2]];
  expect([one, one, two, undefined, undefined, one].map(size)).toEqual([1, 1, 2, -1, -1, 1]);
  expect(seen).toEqual([one, two, undefined, one]);
});
