import type { Command } from "../../command";
import { configGenerators } from "./config";
import { policyGenerators } from "./policy";
import { serviceGenerators } from "./services";
import { createToken } from "./token";
import { workloadGenerators } from "./workloads";

/** Every `kubectl create KIND`, in alphabetical order. */
export const generators: readonly Command[] = [...configGenerators, ...policyGenerators, ...serviceGenerators, ...workloadGenerators, createToken].sort((a, b) => (a.name < b.name ? -1 : 1));
