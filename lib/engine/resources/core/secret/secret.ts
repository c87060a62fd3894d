import type { KubeObject } from "../../../apimachinery/meta";

/** v1/Secret. `data` is base64; `stringData` is write-only and folded into `data`. */
export interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
  readonly immutable?: boolean;
}
