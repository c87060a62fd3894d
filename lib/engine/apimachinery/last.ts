/**
 * Asks anew only when the thing is another one than last time: of many that share a part, each after the other, the part is looked at
 * once. What the answer depends on besides must not change while the function is used.
 */
export function oncePerRun<T extends object, V>(work: (thing: T | undefined) => V): (thing: T | undefined) => V {
  let last: { readonly thing: T | undefined; readonly answer: V } | undefined;
  return (thing) => {
    if (!last || last.thing !== thing) last = { thing, answer: work(thing) };
    return last.answer;
  };
}
