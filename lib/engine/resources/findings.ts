/** Collects what is wrong with an object, in upstream's words. Upstream: `apimachinery/pkg/util/validation/field`. */
import type { FieldError } from "../apimachinery/api-error";
import { percentErrors } from "../apimachinery/names";
import type { Json } from "../apimachinery/meta";

/** The errors found so far in one object of one kind. Every finding names its rule after the field unless told better. */
export class Findings {
  readonly errors: FieldError[] = [];
  constructor(private readonly kind: string) {}

  private add(code: FieldError["code"], path: string, detail: string, badValue: Json | undefined, rule: string | undefined): void {
    const origin = `${this.kind}.${rule ?? path.replace(/\[[^\]]*\]/g, "")}`;
    this.errors.push(badValue === undefined ? { code, path, detail, origin } : { code, path, badValue, detail, origin });
  }

  required(path: string, detail = "", rule?: string): void {
    this.add("required", path, detail, undefined, rule);
  }

  invalid(path: string, value: Json | undefined, detail: string, rule?: string): void {
    this.add("invalid", path, detail, value ?? null, rule);
  }

  /** Something wrong with a value that is not shown. Upstream: `OmitValueType`. */
  without(path: string, detail: string): void {
    this.errors.push({ code: "invalid", path, shown: "", detail, origin: `${this.kind}.${path.replace(/\[[^\]]*\]/g, "")}` });
  }

  /** One finding for each message of a name's rule. */
  names(path: string, value: string, messages: readonly string[], rule?: string): void {
    for (const message of messages) this.invalid(path, value, message, rule);
  }

  forbidden(path: string, detail: string, rule?: string): void {
    this.add("forbidden", path, detail, undefined, rule);
  }

  duplicate(path: string, value: Json, rule?: string, detail = ""): void {
    this.add("duplicate", path, detail, value, rule);
  }

  notFound(path: string, value: Json, rule?: string, detail = ""): void {
    this.add("not-found", path, detail, value, rule);
  }

  tooLong(path: string, limit: number, rule?: string): void {
    this.add("too-long", path, `may not be more than ${limit} bytes`, undefined, rule);
  }

  tooMany(path: string, number: number, limit: number, rule?: string): void {
    this.add("too-many", path, `must have at most ${limit} items`, number, rule);
  }

  notSupported(path: string, value: Json, supported: readonly string[], rule?: string): void {
    this.add("not-supported", path, `supported values: ${supported.map((text) => JSON.stringify(text)).join(", ")}`, value, rule);
  }

  /** The value must be one of a few; absent is another fault, told as required. */
  oneOf(path: string, value: string, supported: readonly string[], rule?: string): void {
    if (value === "") this.required(path, "", rule);
    else if (!supported.includes(value)) this.notSupported(path, value, supported, rule);
  }

  /** An absent number is fine, a negative one is not. */
  nonNegative(path: string, value: number | undefined): void {
    if (value !== undefined && value < 0) this.invalid(path, value, "must be greater than or equal to 0");
  }

  /** A count that is not negative, or a percentage. */
  intOrPercent(path: string, value: Json | undefined): void {
    if (typeof value === "string") this.names(path, value, percentErrors(value));
    else if (typeof value === "number") this.nonNegative(path, value);
  }

  atMostWhole(path: string, value: Json | undefined): void {
    if (typeof value === "string" && /^[0-9]{1,9}%$/.test(value) && Number(value.slice(0, -1)) > 100) this.invalid(path, value, "must not be greater than 100%");
  }
}
