import type { JsonObject } from "../../../apimachinery/meta";
import type { Activation, Value } from "../../../cel/index";
import { failedVariable, lazyDictionary } from "../../../cel/index";
import { textAt } from "../../../resources/json-object";
import { evaluated } from "./expressions";

/** Variables a policy declares: each is worked out when it is first named, and may name those before it. */
export class CelVariables {
  readonly names: readonly string[];
  readonly activation: Activation["variables"];
  private readonly made = new Map<string, Value>();

  constructor(
    private readonly declared: readonly JsonObject[],
    given: Activation["variables"],
  ) {
    this.names = declared.map((variable) => textAt(variable, "name"));
    this.activation = { ...given, variables: lazyDictionary(this.names, (name) => this.value(name)) };
  }

  private value(name: string): Value {
    const known = this.made.get(name);
    if (known !== undefined) return known;
    const index = this.names.indexOf(name);
    const outcome = evaluated(textAt(this.declared[index] ?? {}, "expression"), "any", this.activation, this.names.slice(0, index));
    if ("error" in outcome) return failedVariable(name, outcome.error);
    this.made.set(name, outcome.value);
    return outcome.value;
  }
}
