import { CUSTOM_RESOURCE_DEFINITION } from "../../apimachinery/kinds";
import type { KindId } from "../../apimachinery/meta";
import { kindsOf } from "../../resources/apiextensions/custom-resource/index";
import type { ResourceDefinition } from "../../resources/define";
import { resourceFor, resources } from "../../resources/index";
import type { ObjectStore } from "../../store/store";
import type { ApiServerSettings } from "../request";
import { converterOf } from "./conversion";

const WATCHED: readonly KindId[] = [CUSTOM_RESOURCE_DEFINITION];

interface Known {
  readonly at: number;
  readonly byKind: ReadonlyMap<KindId, ResourceDefinition>;
  readonly served: readonly ResourceDefinition[];
}

/** The kinds an API server serves: those it is built with, and those its CustomResourceDefinitions bring. */
export class Kinds {
  private known: Known = { at: -1, byKind: new Map(), served: resources };

  constructor(
    private readonly store: ObjectStore,
    private readonly settings: ApiServerSettings,
  ) {}

  private get current(): Known {
    const at = this.store.lastWrite(WATCHED);
    if (this.known.at === at) return this.known;
    const custom = this.store.list(CUSTOM_RESOURCE_DEFINITION).flatMap((crd) => kindsOf(crd, converterOf(crd, this.settings))).filter(({ kind }) => resourceFor(kind) === undefined);
    const served = custom.filter((definition) => definition.custom?.served === true);
    this.known = { at, byKind: new Map(custom.map((definition) => [definition.kind, definition])), served: served.length === 0 ? resources : [...resources, ...served] };
    return this.known;
  }

  /** The definition of a kind. Versions that are not served are known all the same: the cluster itself may still speak of them. */
  find(kind: KindId): ResourceDefinition | undefined {
    return resourceFor(kind) ?? this.current.byKind.get(kind);
  }

  /** Every kind offered to clients, built-in ones first. The same list while nothing changes. */
  served(): readonly ResourceDefinition[] {
    return this.current.served;
  }
}
