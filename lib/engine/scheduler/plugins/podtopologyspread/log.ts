const LN_2 = 0.6931471805599453;

/**
 * The natural logarithm of a positive number, by additions, multiplications and divisions only: the same bits on every
 * machine, which the language does not promise of its own.
 */
export function naturalLog(value: number): number {
  let rest = value;
  let powers = 0;
  while (rest >= 2) {
    rest /= 2;
    powers += 1;
  }
  const ratio = (rest - 1) / (rest + 1);
  const square = ratio * ratio;
  let term = ratio;
  let sum = 0;
  for (let n = 1; n < 60; n += 2) {
    sum += term / n;
    term *= square;
  }
  return powers * LN_2 + 2 * sum;
}
