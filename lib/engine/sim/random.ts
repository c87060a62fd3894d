import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus, xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";
import { hash32 } from "../apimachinery/canonical";
import type { StateTree, Table } from "./state";

/** Seeded; its state is part of the snapshot. Fork it by name so that one component's draws never shift another's. */
export interface Random {
  /** An integer in [0, 2^32). */
  next(): number;
  /** An integer in [0, bound). `bound` must be at least 1. */
  below(bound: number): number;
  /** As many integers as there are bounds, each in [0, bound): the same as drawing them one by one, at the cost of one. */
  draws(bounds: readonly number[]): readonly number[];
  /** The stream of that name beneath this one; asking twice gives the same stream where it stands. */
  fork(name: string): Random;
}

/** The random source of a cluster. Streams are independent: each starts from the seed and its own name. */
export function createRandom(seed: number, state: StateTree): Random {
  return stream(seed, "root", state.table<readonly number[]>("random"));
}

/** All that a generator gives, as it gives it: signed. */
const WHOLE = 0x100000000;
const HALF = 0x80000000;

/** A generator that stands at a position it wrote down itself; right as long as that is still the position. */
interface Standing {
  readonly generator: RandomGenerator;
  position: readonly number[];
}

const standing = new WeakMap<Table<readonly number[]>, Map<string, Standing>>();
/** Most generators kept at a time for one cluster: streams of names are many and short. */
const KEPT = 200;

function standingAt(positions: Table<readonly number[]>, name: string, seed: number): Standing {
  let known = standing.get(positions);
  if (!known) standing.set(positions, (known = new Map()));
  const position = positions.get(name);
  const found = known.get(name);
  if (found && found.position === position) return found;
  if (known.size >= KEPT) known.clear();
  const made: Standing = { generator: position ? xoroshiro128plusFromState(position) : xoroshiro128plus(hash32(name, seed) | 0), position: position ?? [] };
  known.set(name, made);
  return made;
}

function stream(seed: number, name: string, positions: Table<readonly number[]>): Random {
  const draws = (bounds: readonly number[]): readonly number[] => {
    const at = standingAt(positions, name, seed);
    const { generator } = at;
    const values: number[] = [];
    // By number, here and where uids are made: every object has one.
    for (let i = 0; i < bounds.length; i += 1) {
      const bound = bounds[i] as number;
      values.push(bound <= 1 ? 0 : bound === WHOLE ? generator.next() + HALF : uniformInt(generator, 0, bound - 1));
    }
    at.position = generator.getState();
    positions.set(name, at.position);
    return values;
  };
  const children = new Map<string, Random>();
  const childOf = (child: string): Random => {
    const known = children.get(child);
    if (known) return known;
    if (children.size >= KEPT) children.clear();
    const made = stream(seed, `${name}/${child}`, positions);
    children.set(child, made);
    return made;
  };
  const draw = (bound: number): number => draws([bound])[0] ?? 0;
  return {
    next: () => draw(WHOLE),
    below: (bound) => (bound <= 1 ? 0 : draw(bound)),
    draws,
    fork: childOf,
  };
}
