import { fingerprint, millis, type Image, type Program } from "@/lib/engine";

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
  readonly stopSignal?: Image["stopSignal"];
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Declares a repository. `sketch` may depend on the tag (versions, variants). A pull takes a second and 20 ms a megabyte. */
export function defineRepository(name: string, sketch: (tag: string) => ImageSketch): Repository {
  return {
    name,
    image(reference, tag) {
      const { megabytes, env, stopSignal, ...rest } = sketch(tag);
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
        pullTime: millis(1000 + megabytes * 20),
      };
    },
  };
}
