import type { Client, Instant, KubeObject } from "@/lib/engine";
import type { ResourceType } from "../discovery";
import type { Paper } from "./paper";

/** What a describer is given. */
export interface Scene<T extends KubeObject = KubeObject> {
  readonly object: T;
  readonly type: ResourceType;
  readonly client: Client;
  readonly now: Instant;
  readonly paper: Paper;
  /** Should the Events be shown? */
  readonly events: boolean;
}

/** Writes one object on paper, its Events included. */
export type Describer<T extends KubeObject = KubeObject> = (scene: Scene<T>) => void;
