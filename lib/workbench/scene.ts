import type { Text } from "@/lib/text";
import type { Installable } from "./fixtures/published";
import type { Input } from "./input";

/** The shared fixtures of the curriculum that scenes and exercises start from. */
export type FixtureName = "three-nodes" | "prod-4" | "wp-galera" | "tres-ns" | "empty";

/** How a live diagram looks at the cluster. */
export type SceneView = "owners" | "nodes" | "trip" | "rules" | "files" | "events";

/** A button of a scene: what it does and what to look at then. */
export interface SceneAction {
  readonly id: string;
  readonly label: Text;
  readonly inputs: readonly Input[];
  readonly after?: Text;
}

/** A live diagram or the proof behind a "Fine print" callout: a cluster, a view and a few buttons. */
export interface Scene {
  readonly name: string;
  readonly fixture: FixtureName;
  readonly view: SceneView;
  readonly title: Text;
  /** What is installed, and running, before the objects are applied. */
  readonly installs?: readonly Installable[];
  /** YAML applied, and settled, before the scene opens. */
  readonly objects: string;
  /** Files on the disk of the scene (path → text), for actions such as `kubectl apply -f metallb.yaml`. */
  readonly files?: { readonly [path: string]: string };
  readonly actions: readonly SceneAction[];
  readonly shows?: Text;
}
