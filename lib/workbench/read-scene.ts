import type { Json, JsonObject } from "@/lib/engine";
import type { Text } from "@/lib/text";
import { isInstallable, published, type Installable } from "./fixtures/published";
import { NotationError, readInputs } from "./notation";
import { openWorkbench } from "./open";
import { parseManifests } from "@/lib/manifest";
import type { Workbench } from "./bench";
import type { FixtureName, Scene, SceneAction, SceneView } from "./scene";

const FIXTURES: readonly FixtureName[] = ["three-nodes", "prod-4", "wp-galera", "tres-ns", "empty"];
const VIEWS: readonly SceneView[] = ["owners", "nodes", "trip", "rules", "files", "events"];

/** A scene from its file's data. @throws {NotationError} naming what an author got wrong. */
export function readScene(name: string, data: Json): Scene {
  const scene = object(data, `scene ${name}`);
  const fixture = FIXTURES.find((candidate) => candidate === scene["fixture"]);
  const view = VIEWS.find((candidate) => candidate === scene["view"]);
  if (!fixture) throw new NotationError(`scene ${name}: fixture is one of ${FIXTURES.join(", ")}`);
  if (!view) throw new NotationError(`scene ${name}: view is one of ${VIEWS.join(", ")}`);
  const files = scene["files"] === undefined ? undefined : Object.fromEntries(Object.entries(object(scene["files"], `scene ${name}: files`)).map(([path, text]) => [path, String(text)]));
  const actions = Array.isArray(scene["actions"]) ? scene["actions"].map((item: Json) => action(name, item)) : [];
  return {
    name,
    fixture,
    view,
    title: text(scene["title"], `scene ${name}: title`),
    ...(scene["installs"] === undefined ? {} : { installs: installsOf(name, scene["installs"]) }),
    objects: typeof scene["objects"] === "string" ? scene["objects"] : "",
    ...(files === undefined ? {} : { files }),
    actions,
    ...(scene["shows"] === undefined ? {} : { shows: text(scene["shows"], `scene ${name}: shows`) }),
  };
}

/** A workbench with the scene's objects at rest and its files on the disk. */
export function openScene(scene: Scene, seed = 1): Workbench {
  const objects = parseManifests(scene.objects).documents.map((document): JsonObject => document.value);
  return openWorkbench({ fixture: scene.fixture, seed, objects, files: scene.files ?? {}, installs: scene.installs ?? [] });
}

function installsOf(scene: string, data: Json): readonly Installable[] {
  const names = Array.isArray(data) ? data : [data];
  return names.map((name: Json) => {
    if (!isInstallable(name)) throw new NotationError(`scene ${scene}: installs is a list of ${Object.keys(published).join(", ")}`);
    return name;
  });
}

function action(scene: string, data: Json): SceneAction {
  const item = object(data, `scene ${scene}: action`);
  if (typeof item["id"] !== "string") throw new NotationError(`scene ${scene}: an action has an id`);
  const run = item["run"];
  return {
    id: item["id"],
    label: text(item["label"], `scene ${scene}: label of ${item["id"]}`),
    inputs: readInputs(Array.isArray(run) ? (run as readonly Json[]) : [run ?? null]),
    ...(item["after"] === undefined ? {} : { after: text(item["after"], `scene ${scene}: after of ${item["id"]}`) }),
  };
}

function object(value: Json | undefined, what: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NotationError(`${what} is an object`);
  return value as JsonObject;
}

function text(value: Json | undefined, what: string): Text {
  const both = object(value, what);
  if (typeof both["es"] !== "string" || typeof both["en"] !== "string") throw new NotationError(`${what} has es and en`);
  return { es: both["es"], en: both["en"] };
}
