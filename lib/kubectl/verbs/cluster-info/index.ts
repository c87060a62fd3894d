import type { Command } from "../../command";
import { dump } from "./dump";

/** `kubectl cluster-info`. */
export const clusterInfo: Command = {
  name: "cluster-info",
  summary: "Display cluster information",
  children: [dump],
  run(call) {
    call.out(`Kubernetes control plane is running at ${call.io.server ?? "https://127.0.0.1:6443"}\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`);
    return 0;
  },
};
