import { alreadyExists } from "../apimachinery/api-error";
import { deepEqual } from "../apimachinery/compare";
import { EVENT, NAMESPACE } from "../apimachinery/kinds";
import { keyOf, type KindId, type KubeObject } from "../apimachinery/meta";
import { timestamp } from "../apimachinery/time";
import type { Event } from "../resources/core/event/event";
import type { ResourceDefinition } from "../resources/define";
import type { Clock } from "../sim/clock";
import { uid } from "../sim/names";
import type { Random } from "../sim/random";
import { refIn, type ObjectStore } from "../store/store";
import type { Admission } from "./admission-chain";
import type { EventExpiry } from "./event-expiry";
import type { Body } from "./request";

type Written<T> = { -readonly [K in keyof T]: T[K] };

const NAMESPACES: readonly KindId[] = [NAMESPACE];

/** Events as components of the cluster itself write them: by far the commonest writes, always well formed, and nothing is left out of them. */
export class EventDesk {
  /** The namespace last found to take Events, and the state of namespaces this holds for. */
  private open = { namespace: "", at: -1 };

  constructor(
    private readonly definition: ResourceDefinition,
    private readonly store: ObjectStore,
    private readonly clock: Clock,
    private readonly uids: Random,
    private readonly expiry: EventExpiry,
    private readonly admission: Admission,
  ) {}

  /** Creates an Event. @throws {ApiError} 409 when there is one of its name */
  create(body: Body, user: string): KubeObject {
    const { name, namespace } = body["metadata"] as { readonly name: string; readonly namespace: string };
    if (this.store.get(refIn(EVENT, { namespace, name }))) throw alreadyExists({ group: "", plural: this.definition.plural, kind: "Event" }, name);
    const metadata = { name, namespace, uid: "", creationTimestamp: "", resourceVersion: "" };
    return this.add({ ...body, metadata } as unknown as KubeObject, user);
  }

  /** Takes a recorder's draft over, metadata and all, unless there is an Event of its name, which is returned. In a namespace that is gone or going away nothing happens. */
  record(draft: Event, user: string): Event | undefined {
    const { name, namespace = "" } = draft.metadata;
    const found = this.store.get(refIn(EVENT, { namespace, name }));
    if (found && !this.expiry.isOver(found)) return found as Event;
    if (!this.isOpen(namespace)) return undefined;
    this.expiry.sweep();
    this.add(draft, user);
    return undefined;
  }

  /** Writes an Event that is as it is stored but for what it says; undefined, and nothing done, when it is not. */
  again(body: Body, user: string): KubeObject | undefined {
    const said = body as unknown as KubeObject;
    const ref = refIn(EVENT, keyOf(said));
    const previous = this.store.get(ref);
    const { metadata } = said;
    if (previous?.metadata !== metadata || metadata.deletionTimestamp !== undefined || metadata.generation !== undefined) return undefined;
    const { definition } = this;
    const admitted = this.admission.mutate({ operation: "UPDATE", ref, definition, subresource: "", user, object: said, previous });
    this.admission.admit({ operation: "UPDATE", ref, definition, subresource: "", user, object: admitted, previous });
    return deepEqual(previous, admitted) ? previous : this.store.put(EVENT, admitted, user);
  }

  private add(object: KubeObject, user: string): KubeObject {
    const metadata: Written<KubeObject["metadata"]> = object.metadata;
    metadata.uid = uid(this.uids);
    metadata.creationTimestamp = timestamp(this.clock.now());
    this.admission.admit({ operation: "CREATE", ref: refIn(EVENT, keyOf(object)), definition: this.definition, subresource: "", user, object });
    return this.store.take(EVENT, object, user);
  }

  private isOpen(namespace: string): boolean {
    const at = this.store.lastWrite(NAMESPACES);
    if (this.open.at === at && this.open.namespace === namespace) return true;
    const found = this.store.get(refIn(NAMESPACE, { namespace: "", name: namespace }));
    if (!found || found.metadata.deletionTimestamp !== undefined) return false;
    this.open = { namespace, at };
    return true;
  }
}
