import { fingerprint, millis, type Image, type ImageLayer, type Program } from "@/lib/engine";

/** A repository: what its images hold, whatever the tag. */
export interface Repository {
  /** Full name as a registry knows it: `docker.io/library/nginx`. */
  readonly name: string;
  image(reference: string, tag: string): Image;
}

/** What an author says of an image; the rest has sensible values. */
export interface ImageSketch {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly user?: number;
  readonly ports?: readonly number[];
  readonly files?: Readonly<Record<string, string>>;
  readonly programs: Readonly<Record<string, Program>>;
  readonly megabytes: number;
  /** What it is made on; without a word: Alpine where the tag says so, Debian for official images of some size, nothing otherwise. */
  readonly base?: Base;
  readonly stopSignal?: Image["stopSignal"];
}

type Base = keyof typeof BASES;

/** Layers that many images share, in megabytes, from below. */
const BASES = {
  none: [],
  alpine: [["alpine", 8]],
  debian: [["debian-slim", 28]],
  ubuntu: [["ubuntu", 78]],
  "php-apache": [["debian-slim", 28], ["php-apache", 142]],
} as const satisfies Readonly<Record<string, readonly (readonly [name: string, megabytes: number])[]>>;

/** An official image smaller than this holds no distribution. */
const LEAST_WITH_SYSTEM = 40;

function baseOf(name: string, tag: string, megabytes: number): Base {
  if (!name.startsWith("docker.io/library/")) return "none";
  if (tag.includes("alpine")) return "alpine";
  return megabytes >= LEAST_WITH_SYSTEM ? "debian" : "none";
}

function layersOf(name: string, tag: string, megabytes: number, base: Base): readonly ImageLayer[] {
  const layer = (text: string, size: number): ImageLayer => ({ digest: `sha256:${fingerprint(`layer ${text}`)}${fingerprint(text)}`, bytes: size * 1_000_000 });
  const shared = BASES[base].map(([text, size]) => layer(text, size));
  const rest = megabytes - BASES[base].reduce((sum, [, size]) => sum + size, 0);
  return rest < 0 ? [layer(`${name}:${tag}`, megabytes)] : rest === 0 ? shared : [...shared, layer(`${name}:${tag}`, rest)];
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Declares a repository. `sketch` may depend on the tag (versions, variants). A pull takes a second and 20 ms a megabyte. */
export function defineRepository(name: string, sketch: (tag: string) => ImageSketch): Repository {
  return {
    name,
    image(reference, tag) {
      const { megabytes, env, stopSignal, base = baseOf(name, tag, megabytes), ...rest } = sketch(tag);
      return {
        entrypoint: [],
        cmd: [],
        workingDir: "/",
        user: 0,
        ports: [],
        files: {},
        ...rest,
        ...(stopSignal === undefined ? {} : { stopSignal }),
        env: { PATH, ...env },
        reference,
        digest: `sha256:${fingerprint(`${name}:${tag}`)}${fingerprint(`${tag}@${name}`)}`,
        sizeBytes: megabytes * 1_000_000,
        layers: layersOf(name, tag, megabytes, base),
        pullTime: millis(1000 + megabytes * 20),
      };
    },
  };
}
