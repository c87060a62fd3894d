import type { Repository } from "../image";
import { filebeat } from "./filebeat";
import { fluentBit } from "./fluent-bit";
import { fluentd } from "./fluentd";
import { kafka } from "./kafka";
import { logstash } from "./logstash";

/** What carries logs from where they are written to where they are looked for. */
export const logs: readonly Repository[] = [...filebeat, ...fluentd, ...fluentBit, ...logstash, ...kafka];
