import type { Command } from "../command";
import { apply } from "./apply/index";
import { create } from "./create/index";
import { deleteCommand } from "./delete/index";
import { describe } from "./describe/index";
import { get } from "./get/index";

/** kubectl itself: every verb, in the order of its help. */
export const root: Command = {
  name: "kubectl",
  summary: "Controls a Kubernetes cluster",
  children: [create, get, deleteCommand, describe, apply],
};
