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
  /** By place: the number of its finding's likeness. Places of one are as good, or as bad, for the same reason. */
  private readonly kindAt: Int32Array;
  private readonly candidates: (Candidate | undefined)[];
  /** By number: what it costs there, or why there is no room to be made. Number 0: not looked at. */
  private readonly costs: (Cost | undefined)[] = [undefined];
  private readonly texts: (readonly string[] | undefined)[] = [undefined];
  private readonly numbers = new Map<string, number>();
  /** The tick of the board the findings are of. */
  tick = -1;

  constructor(readonly places: number) {
    this.kindAt = new Int32Array(places);
    this.candidates = new Array<Candidate | undefined>(places).fill(undefined);
  }

  /** These places changed: what was found there no longer holds. All of them, when it is not known which. */
  forget(places: readonly number[] | undefined): void {
    if (!places || this.costs.length > MOST_KINDS) {
      this.kindAt.fill(0);
      this.costs.length = this.texts.length = 1;
      this.numbers.clear();
    } else for (const place of places) this.kindAt[place] = 0;
  }

  /**
   * Goes over the places from `offset` on, round to it, until `wanted` candidates were seen, one of them without breaking
   * a budget; asks `look` where nothing is known, and always at `own`, whose answer is not kept. Equal candidates: the first in order of name.
   */
  search(offset: number, wanted: number, own: number, look: (place: number) => Finding): Candidate | ReadonlyMap<string, number> {
    const { places, kindAt } = this;
    let best = -1;
    let bestKind = 0;
    let ownNumber = 0;
    let ownFinding: Finding | undefined;
    let harmless = false;
    let place = offset < places ? offset : offset - places;
    for (let i = 0, candidates = 0; i < places && (candidates < wanted || !harmless); i += 1, place = place + 1 === places ? 0 : place + 1) {
      let number = kindAt[place] as number;
      if (place === own) number = ownNumber = this.numberOf((ownFinding = look(place)));
      else if (number === 0) number = this.keep(place, look(place));
      const cost = this.costs[number];
      if (cost === undefined) continue;
      candidates += 1;
      harmless ||= cost.violations === 0;
      const order = best < 0 ? -1 : number === bestKind ? 0 : compareCosts(cost, this.costs[bestKind] as Cost);
      if (order < 0 || (order === 0 && place < best)) {
        best = place;
        bestKind = number;
      }
    }
    if (best < 0) return this.textsOf(own, ownNumber);
    return best === own ? (ownFinding as Candidate) : (this.candidates[best] as Candidate);
  }

  private keep(place: number, finding: Finding): number {
    this.candidates[place] = "texts" in finding ? undefined : finding;
    return (this.kindAt[place] = this.numberOf(finding));
  }

  private numberOf(finding: Finding): number {
    const name = nameOf(finding);
    let number = this.numbers.get(name);
    if (number === undefined) {
      number = this.costs.push("texts" in finding ? undefined : finding.cost) - 1;
      this.texts[number] = "texts" in finding ? finding.texts : undefined;
      this.numbers.set(name, number);
    }
    return number;
  }

  /** How many places are refused in which words, once all were looked at. */
  private textsOf(own: number, ownNumber: number): ReadonlyMap<string, number> {
    const counts = new Map<number, number>();
    for (let place = 0; place < this.places; place += 1) {
      const number = place === own ? ownNumber : (this.kindAt[place] as number);
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
    const texts = new Map<string, number>();
    for (const [number, count] of counts) for (const text of this.texts[number] as readonly string[]) texts.set(text, (texts.get(text) ?? 0) + count);
    return texts;
  }
}

function nameOf(finding: Finding): string {
  if ("texts" in finding) return JSON.stringify(finding.texts);
  const { violations, top, sum, victims, earliest } = finding.cost;
  return `${violations} ${top} ${sum} ${victims} ${earliest}`;
}
