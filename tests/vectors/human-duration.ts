import { humanDuration, shortHumanDuration } from "@/lib/engine/apimachinery/duration";
import { compare, type Adapter } from "./adapter";

/** `api/human-duration`. */
export const duration: Adapter = ({ input, expected }) =>
  compare({ human: humanDuration(Number(input.seconds)), short: shortHumanDuration(Number(input.seconds)) }, expected);
