import type { Command } from "../../command";
import { serviceAccount, subject } from "./access";
import { env } from "./env";
import { image } from "./image";
import { resources } from "./resources";
import { selector } from "./selector";

/** `kubectl set`. */
export const set: Command = { name: "set", summary: "Set specific features on objects", children: [env, image, resources, selector, serviceAccount, subject] };
