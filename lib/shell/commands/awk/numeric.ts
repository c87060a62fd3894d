/**
 * Functions of real numbers by additions, multiplications and divisions only: the same bits on every machine, which the
 * language does not promise of its own.
 */

const LN_2 = 0.6931471805599453;
const HALF_PI = 1.5707963267948966;

/** The natural logarithm. */
export function log(value: number): number {
  if (value === 0) return -Infinity;
  if (!(value > 0) || value === Infinity) return value > 0 ? value : NaN;
  let rest = value;
  let powers = 0;
  for (; rest >= 1.5; rest /= 2) powers += 1;
  for (; rest < 0.75; rest *= 2) powers -= 1;
  const ratio = (rest - 1) / (rest + 1);
  let sum = 0;
  let term = ratio;
  for (let n = 1; n < 60; n += 2) {
    sum += term / n;
    term *= ratio * ratio;
  }
  return powers * LN_2 + 2 * sum;
}

/** e to that power. */
export function exp(value: number): number {
  if (value > 709.78) return Infinity;
  if (value < -745.2) return 0;
  const powers = Math.round(value / LN_2);
  const rest = value - powers * LN_2;
  let sum = 1;
  let term = 1;
  for (let n = 1; n < 30; n += 1) {
    term *= rest / n;
    sum += term;
  }
  for (let n = 0; n < powers; n += 1) sum *= 2;
  for (let n = 0; n > powers; n -= 1) sum /= 2;
  return sum;
}

/** The sine of an angle in radians. */
export function sin(angle: number): number {
  const turns = Math.round(angle / HALF_PI);
  const rest = angle - turns * HALF_PI;
  const quarter = ((turns % 4) + 4) % 4;
  const part = quarter % 2 === 0 ? series(rest, rest, 1) : series(1, rest, 0);
  return quarter < 2 ? part : -part;
}

/** The cosine of an angle in radians. */
export function cos(angle: number): number {
  return sin(angle + HALF_PI);
}

function series(first: number, rest: number, from: number): number {
  let sum = first;
  let term = first;
  for (let n = from + 2; n < 30; n += 2) {
    term *= (-rest * rest) / ((n - 1) * n);
    sum += term;
  }
  return sum;
}

/** The square root. */
export function sqrt(value: number): number {
  if (!(value > 0) || value === Infinity) return value === 0 || value > 0 ? value : NaN;
  let guess = value > 1 ? value : 1;
  for (let n = 0; n < 1100; n += 1) {
    const next = (guess + value / guess) / 2;
    if (next >= guess) break;
    guess = next;
  }
  return guess;
}

/** The angle whose tangent is y/x, in its quadrant. */
export function atan2(y: number, x: number): number {
  if (y === 0) return x < 0 ? 2 * HALF_PI : 0;
  if (x < 0) return (y < 0 ? -2 : 2) * HALF_PI - atan2(y, -x);
  if (Math.abs(y) > x) return (y < 0 ? -HALF_PI : HALF_PI) - arctan(x / y);
  return arctan(y / x);
}

/** For arguments from -1 to 1; halved until the series is short. */
function arctan(value: number): number {
  if (Math.abs(value) > 0.2) return 2 * arctan(value / (1 + sqrt(1 + value * value)));
  let sum = 0;
  let term = value;
  for (let n = 1; n < 40; n += 2) {
    sum += term / n;
    term *= -value * value;
  }
  return sum;
}

/** A number to a power. */
export function power(base: number, exponent: number): number {
  if (!Number.isInteger(exponent)) return base < 0 ? NaN : base === 0 ? 0 : exp(exponent * log(base));
  let result = 1;
  let factor = exponent < 0 ? 1 / base : base;
  for (let left = Math.min(Math.abs(exponent), 1e9); left >= 1; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= factor;
    factor *= factor;
  }
  return result;
}
