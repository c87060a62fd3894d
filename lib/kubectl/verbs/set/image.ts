import type { Container, JsonObject } from "@/lib/engine";
import type { Command } from "../../command";
import { fail } from "../../failure";
import { recorded, recordFlag } from "../../record";
import { eachPod, nested, setFlags, splitWords } from "./pods";

/** `kubectl set image`. Upstream: kubectl/pkg/cmd/set/set_image.go. */
export const image: Command = {
  name: "image",
  summary: "Update the image of a pod template",
  usage: "(-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N [options]",
  examples: [["A new version of a container", "kubectl set image deployment/web nginx=nginx:1.27"]],
  flags: [...setFlags, recordFlag],
  run(call) {
    const { named, pairs } = splitWords(call.words);
    return eachPod(call, named, { done: "image", refused: "failed to patch image update to pod template:" }, (_info, { path, spec }) => {
      if (pairs.length === 0) fail("at least one image update is required");
      if (pairs.length > 1 && pairs.some(([name]) => name === "*")) fail("all containers are already specified by *, but saw more than one container_name=container_image pairs");
      const changed = (containers: readonly Container[] | undefined): readonly JsonObject[] =>
        (containers ?? []).flatMap((container) => {
          const to = pairs.findLast(([name]) => name === "*" || name === container.name)?.[1];
          return to === undefined || to === container.image ? [] : [{ name: container.name, image: to }];
        });
      const known = [...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name);
      const problems = pairs.filter(([name]) => name !== "*" && !known.includes(name)).map(([name]) => `unable to find container named "${name}"`);
      const [containers, initContainers] = [changed(spec.containers), changed(spec.initContainers)];
      if (containers.length + initContainers.length === 0) return { problems };
      return { problems, body: recorded(call, nested(path, { ...(containers.length > 0 ? { containers } : {}), ...(initContainers.length > 0 ? { initContainers } : {}) })) };
    });
  },
};
