import { compareStrings } from "../apimachinery/compare";
import type { Image } from "./behaviour";
import { baseName, normalPath, parentOf } from "./trees";

/** The files of an image as a tree. Read only, made once per image. */
export interface ImageTree {
  file(path: string): string | undefined;
  /** Names in a folder; undefined when it is none. */
  list(path: string): readonly string[] | undefined;
}

/** Folders every image has, so that a shell has somewhere to work. */
const STANDARD = ["/bin", "/dev", "/etc", "/home", "/proc", "/root", "/run", "/sys", "/tmp", "/usr/bin", "/usr/local", "/var/log", "/var/lib", "/var/run"];

const made = new WeakMap<Image, ImageTree>();

/** The tree of an image. A path that ends in `/` in `files` is an empty folder; programs appear under `/bin`. */
export function imageTree(image: Image): ImageTree {
  const known = made.get(image);
  if (known) return known;
  const files = new Map<string, string>();
  const folders = new Map<string, Set<string>>([["/", new Set()]]);
  const folder = (path: string): Set<string> => {
    const there = folders.get(path);
    if (there) return there;
    const fresh = new Set<string>();
    folders.set(path, fresh);
    if (path !== "/") folder(parentOf(path)).add(baseName(path));
    return fresh;
  };
  for (const path of STANDARD) folder(path);
  for (const name of Object.keys(image.programs)) {
    folder("/bin").add(name);
    files.set(`/bin/${name}`, "");
  }
  for (const [name, content] of Object.entries(image.files)) {
    const path = normalPath(name);
    if (name.endsWith("/")) {
      folder(path);
      continue;
    }
    files.set(path, content);
    folder(parentOf(path)).add(baseName(path));
  }
  const lists = new Map([...folders].map(([path, names]) => [path, [...names].sort(compareStrings)]));
  const tree: ImageTree = { file: (path) => files.get(path), list: (path) => lists.get(path) };
  made.set(image, tree);
  return tree;
}
