import type { Pod } from "../../../resources/core/pod/pod";
import { MAX_SCORE, type Cycle, type NodeInfo, type SchedulerPlugin } from "../../framework";

const MEGABYTE = 1024 * 1024;
const SMALLEST = 23 * MEGABYTE;
const LARGEST = 1000 * MEGABYTE;

/** Prefers nodes that hold the pod's images already, large ones above all. Upstream: plugins/imagelocality. */
export const imageLocality: SchedulerPlugin = {
  name: "ImageLocality",
  weight: 1,
  score(cycle, node) {
    const { pod, nodes } = cycle;
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    const spread = spreadOf(cycle);
    const sum = containers.reduce((total, { image = "" }) => {
      const size = sizeOn(node, image);
      return size === undefined ? total : total + Math.trunc(size * ((spread.get(normalized(image)) ?? 0) / nodes.length));
    }, 0);
    const ceiling = LARGEST * containers.length;
    const bounded = Math.min(Math.max(sum, SMALLEST), ceiling);
    return ceiling <= SMALLEST ? 0 : Math.trunc((MAX_SCORE * (bounded - SMALLEST)) / (ceiling - SMALLEST));
  },
};

function normalized(image: string): string {
  return image.lastIndexOf(":") <= image.lastIndexOf("/") ? `${image}:latest` : image;
}

function sizeOn({ node }: NodeInfo, image: string): number | undefined {
  const name = normalized(image);
  return node.status?.images?.findLast(({ names }) => names?.includes(name))?.sizeBytes;
}

/** How many nodes hold each of the pod's images: one that only a single node has weighs less. */
function spreadOf({ pod, nodes, memo }: Cycle): ReadonlyMap<string, number> {
  const known = memo.get("ImageLocality") as ReadonlyMap<string, number> | undefined;
  if (known) return known;
  const spread = new Map(imagesOf(pod).map((image) => [image, nodes.filter(({ node }) => node.status?.images?.some(({ names }) => names?.includes(image))).length]));
  memo.set("ImageLocality", spread);
  return spread;
}

function imagesOf(pod: Pod): readonly string[] {
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(({ image = "" }) => normalized(image));
}
