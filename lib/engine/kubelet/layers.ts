/** The images a machine has, slice by slice: what two of them share is fetched and kept once. Upstream: containerd's content store. */
import type { Image, ImageLayer } from "../machine/behaviour";
import { millis, type Millis } from "../sim/clock";
import { canonicalImage } from "./image-name";
import type { Kubelet } from "./kubelet-pod";

/** Asking the registry what the image of a tag is. */
export const CHECK_TIME = millis(200);

/** The images on a machine, by their key in what is remembered of pulls. */
export function imagesOn(kubelet: Kubelet, node: string): ReadonlyMap<string, Image | undefined> {
  const keys = kubelet.pulled.keys().filter((key) => key.startsWith(`${node} `));
  return new Map(
    keys.map((key) => {
      const found = kubelet.images.pull(key.slice(node.length + 1));
      return [key, "image" in found ? found.image : undefined] as const;
    }),
  );
}

const layersOf = (image: Image): readonly ImageLayer[] => image.layers ?? [{ digest: image.digest, bytes: image.sizeBytes }];

/** Bytes that images take together. */
export function bytesOfImages(images: Iterable<Image | undefined>): number {
  const bytes = new Map<string, number>();
  for (const image of images) for (const layer of image ? layersOf(image) : []) bytes.set(layer.digest, layer.bytes);
  let sum = 0;
  for (const one of bytes.values()) sum += one;
  return sum;
}

/** How long a pull takes to a machine: only what it does not have is fetched. */
export function pullTimeOn(kubelet: Kubelet, node: string, image: Image): Millis {
  const { layers = [], sizeBytes, pullTime } = image;
  const present = layers.reduce((sum, { digest, bytes }) => (kubelet.layers.has(`${node} ${digest}`) ? sum + bytes : sum), 0);
  return present === 0 ? pullTime : millis(Math.max(CHECK_TIME, Math.round((pullTime * (sizeBytes - present)) / sizeBytes)));
}

/** Notes that a machine has an image. */
export function keepImage(kubelet: Kubelet, node: string, reference: string, image: Image): void {
  const key = `${node} ${canonicalImage(reference)}`;
  // Pods that came together fetched it together.
  if (kubelet.pulled.has(key)) return;
  kubelet.pulled.set(key, 1);
  for (const { digest } of image.layers ?? []) kubelet.layers.set(`${node} ${digest}`, 1);
}

/** Takes images off a machine; layers that another image still needs stay. */
export function dropImages(kubelet: Kubelet, node: string, keys: readonly string[]): void {
  for (const key of keys) kubelet.pulled.delete(key);
  const needed = new Set<string>();
  for (const image of imagesOn(kubelet, node).values()) for (const { digest } of image?.layers ?? []) needed.add(`${node} ${digest}`);
  for (const key of kubelet.layers.keys()) if (key.startsWith(`${node} `) && !needed.has(key)) kubelet.layers.delete(key);
}
