/** Addresses no backend can have. Upstream: `ValidateEndpointIP`. */
import type { Findings } from "../../findings";

const FORBIDDEN: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^(127\.|::1$)/, "may not be in the loopback range (127.0.0.0/8, ::1/128)"],
  [/^(169\.254\.|fe[89ab][0-9a-f]:)/i, "may not be in the link-local range (169.254.0.0/16, fe80::/10)"],
  [/^(224\.0\.0\.|ff[0-9a-f]2:)/i, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)"],
];

/** An address a backend may have; its form has been looked at before. */
export function validateEndpointAddress(found: Findings, path: string, ip: string): void {
  if (ip === "0.0.0.0" || /^[0:]+$/.test(ip)) found.invalid(path, ip, `may not be unspecified (${ip})`);
  for (const [pattern, words] of FORBIDDEN) if (pattern.test(ip)) found.invalid(path, ip, words);
}
