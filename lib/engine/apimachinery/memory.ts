/**
 * What was worked out for texts, so that it need not be worked out again. A memory that changes no answer: what it holds follows from the text
 * alone, which is why it may outlive a cluster. Texts may be hostile, so only so many are kept, and no long ones; full, it begins again.
 */
export class Memory<V> {
  private readonly known = new Map<string, V>();

  constructor(
    private readonly most: number,
    private readonly longest = 4096,
  ) {}

  /** What `work` makes, or made, of the text; that it makes nothing of it is not remembered. */
  of(text: string, work: (text: string) => V): V {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const made = work(text);
    if (made === undefined || text.length > this.longest) return made;
    if (this.known.size >= this.most) this.known.clear();
    this.known.set(text, made);
    return made;
  }
}
