import type { Pod } from "../resources/core/pod/pod";

/** A place where preemption would make room, and at what cost. */
export interface Candidate {
  readonly node: string;
  /** Most important first. */
  readonly victims: readonly Pod[];
  readonly cost: Cost;
}

/** What weighs when candidates are compared. */
export interface Cost {
  /** Disruption budgets broken. */
  readonly violations: number;
  /** Priority of the most important victim. */
  readonly top: number;
  /** Of all victims' priorities, each counted from the lowest there is. */
  readonly sum: number;
  readonly victims: number;
  /** When the longest running of the most important victims began. */
  readonly earliest: number;
}

/** What looking at one place came to: a candidate, the words of a refusal, or that removing pods does not help there. */
export type Finding = Candidate | { readonly texts: readonly string[] };

/** A finding's likeness: places of one are as good, or as bad, for the same reason. */
type Kind = { readonly cost: Cost } | { readonly texts: readonly string[] };

/** Whoever needs no victim first; then fewest broken budgets, the least important victims, the fewest, and the youngest. Upstream: pickOneNodeForPreemption. */
function compareCosts(a: Cost, b: Cost): number {
  return (
    Math.min(1, a.victims) - Math.min(1, b.victims) ||
    a.violations - b.violations ||
    a.top - b.top ||
    a.sum - b.sum ||
    a.victims - b.victims ||
    b.earliest - a.earliest
  );
}

/** Most kinds remembered: starts of pods make ever new ones. */
const MOST_KINDS = 4096;

/**
 * What preemption found, place by place, for pods that are all alike. Kept by number: a search goes over thousands of
 * places, and most are of a handful of kinds.
 */
export class FindingsByPlace {
  private readonly kindAt: Int32Array;
  private readonly candidates: (Candidate | undefined)[];
  /** Number 0: not looked at. */
  private readonly kinds: (Kind | undefined)[] = [undefined];
  private readonly numbers = new Map<string, number>();
  /** The tick of the board the findings are of. */
  tick = -1;

  constructor(readonly places: number) {
    this.kindAt = new Int32Array(places);
    this.candidates = new Array<Candidate | undefined>(places).fill(undefined);
  }

  /** These places changed: what was found there no longer holds. All of them, when it is not known which. */
  forget(places: readonly number[] | undefined): void {
    if (!places || this.kinds.length > MOST_KINDS) {
      this.kindAt.fill(0);
      this.kinds.length = 1;
      this.numbers.clear();
    } else for (const place of places) this.kindAt[place] = 0;
  }

  /**
   * Goes over the places from `offset` on, round to it, until `wanted` candidates were seen, one of them without breaking
   * a budget; asks `look` where nothing is known, and always at `own`, whose answer is not kept. Equal candidates: the first in order of name.
   */
  search(offset: number, wanted: number, own: number, look: (place: number) => Finding): Candidate | ReadonlyMap<string, number> {
    const { places, kindAt, kinds } = this;
    const seen = new Int32Array(64);
    const more = new Map<number, number>();
    let best = -1;
    let bestKind = 0;
    let ownFinding: Finding | undefined;
    let harmless = false;
    for (let i = 0, candidates = 0; i < places && (candidates < wanted || !harmless); i += 1) {
      const place = offset + i < places ? offset + i : offset + i - places;
      let number = kindAt[place] as number;
      if (place === own) number = this.numberOf((ownFinding = look(place)));
      else if (number === 0) number = this.keep(place, look(place));
      const kind = kinds[number] as Kind;
      if ("texts" in kind) {
        if (number < seen.length) seen[number] = (seen[number] as number) + 1;
        else more.set(number, (more.get(number) ?? 0) + 1);
        continue;
      }
      candidates += 1;
      harmless ||= kind.cost.violations === 0;
      const order = best < 0 ? -1 : number === bestKind ? 0 : compareCosts(kind.cost, (kinds[bestKind] as { readonly cost: Cost }).cost);
      if (order < 0 || (order === 0 && place < best)) {
        best = place;
        bestKind = number;
      }
    }
    if (best >= 0) return best === own ? (ownFinding as Candidate) : (this.candidates[best] as Candidate);
    seen.forEach((count, number) => void (count > 0 && more.set(number, count)));
    return this.textsOf(more);
  }

  private keep(place: number, finding: Finding): number {
    this.candidates[place] = "texts" in finding ? undefined : finding;
    return (this.kindAt[place] = this.numberOf(finding));
  }

  private numberOf(finding: Finding): number {
    const name = JSON.stringify("texts" in finding ? finding.texts : finding.cost);
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.kinds.push("texts" in finding ? { texts: finding.texts } : { cost: finding.cost }) - 1;
      this.numbers.set(name, number);
    }
    return number;
  }

  private textsOf(counts: ReadonlyMap<number, number>): ReadonlyMap<string, number> {
    const texts = new Map<string, number>();
    for (const [number, count] of counts) {
      const kind = this.kinds[number] as { readonly texts: readonly string[] };
      for (const text of kind.texts) texts.set(text, (texts.get(text) ?? 0) + count);
    }
    return texts;
  }
}
