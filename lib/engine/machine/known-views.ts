import type { FileSystem, ProcessView } from "./behaviour";
import type { ContainerRecord, PodRecord, ProcessRecord } from "./records";

/** What a view makes when it is first asked for it; stands for one step. */
export interface Made {
  files: FileSystem | undefined;
}

/** A view kept, and what it was made of. */
interface KnownView {
  readonly record: ProcessRecord;
  readonly container: ContainerRecord;
  readonly pod: PodRecord;
  readonly view: ProcessView;
  readonly made: Made;
}

/** Most views kept at a time: few processes are asked often. */
const MOST_VIEWS = 256;

/** The views of processes lately asked for. */
export class KnownViews {
  private readonly views = new Map<string, KnownView>();

  /** The view of a process as it is: the one it had at its last step when nothing about it has changed. */
  of(record: ProcessRecord, container: ContainerRecord, pod: PodRecord, make: (made: Made) => ProcessView): ProcessView {
    const known = this.views.get(record.id);
    if (known && known.record === record && known.container === container && known.pod === pod) {
      known.made.files = undefined;
      return known.view;
    }
    const made: Made = { files: undefined };
    const view = make(made);
    // Numbers of processes another container may see change without its records doing so.
    if (container.pids !== undefined) return view;
    if (this.views.size >= MOST_VIEWS) this.views.clear();
    this.views.set(record.id, { record, container, pod, view, made });
    return view;
  }
}
