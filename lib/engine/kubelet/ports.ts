import type { Container } from "../resources/core/pod/pod";

/** The number of a port given by number or by the name a container declares; 0 when it declares none such. */
export function portOf(container: Container, port: number | string): number {
  if (typeof port === "number") return port;
  if (/^[0-9]+$/.test(port)) return Number(port);
  return container.ports?.find((one) => one.name === port)?.containerPort ?? 0;
}
