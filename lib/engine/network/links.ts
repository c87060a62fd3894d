import { reason } from "../reason";
import { placeName, timedOut, withHop, type Flight } from "./flight";
import type { NetworkParts, Onward } from "./parts";

/** Linux sends a first packet seven times in all, waiting 1 s, 2 s, 4 s… between tries. */
const MOST_TRIES = 7;

/**
 * Carries a packet over the wire to another machine or host, with whatever the world has done to that wire: cut it, slowed it
 * down, made it lose packets. A healthy wire adds nothing to the story.
 *
 * @simplified Only the first packet of a connection is ever lost: what is sent again later shows as nothing but a slow answer.
 */
export function overWire(parts: NetworkParts, flight: Flight, to: string): Onward {
  const from = placeName(flight.place);
  const link = parts.world.link(from, to);
  if (!link) return { flight };
  const params = { node: from, to };
  if (link.cut === true) return { landing: timedOut(withHop(flight, { stage: "link", verdict: "drop", because: reason("link.partitioned", params) })) };
  const slowed = link.latency === undefined || link.latency <= 0 ? flight : withHop(flight, { stage: "link", verdict: "forward", because: reason("link.slow", { ...params, latency: link.latency }) }, link.latency);
  const { loss = 0 } = link;
  if (loss <= 0) return { flight: slowed };
  const luck = parts.random.fork(`loss/${from}/${to}`);
  let tries = 1;
  while (tries <= MOST_TRIES && luck.below(100) < loss) tries += 1;
  if (tries > MOST_TRIES) return { landing: timedOut(withHop(slowed, { stage: "link", verdict: "drop", because: reason("link.lossy", { ...params, loss, tries: MOST_TRIES }) })) };
  if (tries === 1) return { flight: slowed };
  return { flight: withHop(slowed, { stage: "link", verdict: "forward", because: reason("link.lossy", { ...params, loss, tries }) }, 1000 * ((1 << (tries - 1)) - 1)) };
}
