/**
 * A number as Go prints it in its shortest general form: integers of 64 bits in full, everything else with an exponent
 * below 1e-4 or from 1e21 (`exponentFrom`) on, the exponent with two digits at least.
 */
export function goFloat(value: number, exponentFrom = 21): string {
  const [mantissa = "0", exponent = "+0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power < -4 || power >= exponentFrom) {
    const digits = String(Math.abs(power)).padStart(2, "0");
    return `${mantissa}e${power < 0 ? "-" : "+"}${digits}`;
  }
  if (power < 0) {
    const sign = value < 0 ? "-" : "";
    return `${sign}0.${"0".repeat(-power - 1)}${mantissa.replace("-", "").replace(".", "")}`;
  }
  return String(value);
}
