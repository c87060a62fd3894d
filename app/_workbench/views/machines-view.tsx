"use client";
import { KindGlyph } from "@/app/_ui/kind";
import { fill, useBench, useSlices } from "../bench-context";
import type { HostView, MachineView, ServiceView } from "../worker/view-model";
import type { Hands } from "./hands";
import { Nothing, PodCard, ToneMark, useDeletePod } from "./parts";

/** The class's drawing: machines as rows with their pods, and outside the frame the clients, the balancer and the DNS. */
export function MachinesView({ hands, outside = true }: { hands: Hands; outside?: boolean }) {
  useSlices(["machines"]);
  const { state, words } = useBench();
  const remove = useDeletePod();
  const view = state.view.machines;
  if (!view) return <Nothing looked={false} text="" />;
  const mayTouch = (name: string): boolean => hands.machines === "all" || hands.machines.includes(name);
  return (
    <div className="flex flex-col gap-4">
      {outside && (
        <section aria-label={words.machines.outside} className="flex flex-wrap gap-2">
          {view.hosts.map((host) => (
            <Host key={host.name} host={host} />
          ))}
        </section>
      )}
      <section role="group" aria-label={words.machines.inside} className="rounded-md border-2 border-line-strong">
        <ul aria-label={words.machines.label}>
          {view.machines.map((machine) => (
            <Machine key={machine.name} machine={machine} touch={mayTouch(machine.name)} onDelete={hands.pods ? remove : undefined} />
          ))}
        </ul>
        {view.unplaced.length > 0 && (
          <div className="border-t-2 border-dashed border-line-strong p-3">
            <p className="mb-2 text-sm font-semibold">{words.machines.unplaced}</p>
            <ul className="flex flex-wrap gap-2">
              {view.unplaced.map((pod) => (
                <li key={pod.key}>
                  <PodCard pod={pod} onDelete={hands.pods ? remove : undefined} />
                </li>
              ))}
            </ul>
          </div>
        )}
      </section>
      {outside && view.services.length > 0 && <Services services={view.services} />}
    </div>
  );
}

function Host({ host }: { host: HostView }) {
  const { words } = useBench();
  return (
    <div className="rounded border border-dashed border-line-strong px-3 py-2 text-sm">
      <p>
        <span className="font-semibold">{host.name}</span> <span className="text-ink-faint">{words.machines[host.role]}</span>
      </p>
      <p className="font-mono text-[0.8125rem] text-ink-soft">{host.ip}</p>
      {host.lines.length > 0 && (
        <ul className="mt-1 font-mono text-[0.75rem] text-ink-soft">
          {host.lines.map((line, index) => (
            <li key={index}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Machine({ machine, touch, onDelete }: { machine: MachineView; touch: boolean; onDelete: ReturnType<typeof useDeletePod> | undefined }) {
  const { words } = useBench();
  const dead = !machine.powered || !machine.connected;
  const now = !machine.powered ? words.machines.off : !machine.connected ? words.machines.unplugged : words.machines.on;
  return (
    <li data-machine={machine.name} className={`grid gap-x-4 gap-y-2 border-b border-line p-3 last:border-b-0 sm:grid-cols-[11rem_1fr] ${dead ? "bg-sunken" : ""}`}>
      <div className="text-sm">
        <p className="flex items-center gap-1.5">
          <KindGlyph kind="Node" size={20} />
          <span className="font-mono font-semibold">{machine.name}</span>
        </p>
        <p className="font-mono text-[0.75rem] text-ink-faint">{machine.ips.join(" · ")}</p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-2">
          <span className={`inline-flex items-center gap-1 ${dead ? "font-semibold text-danger" : "text-ink-soft"}`}>
            <PowerMark on={machine.powered} />
            {now}
          </span>
          <span className="inline-flex items-center gap-1 text-ink-soft" title={fill(words.machines.believes, { status: machine.status })}>
            <ToneMark tone={machine.tone} />
            {machine.status}
          </span>
        </p>
        {touch && <Switches machine={machine} />}
      </div>
      {machine.pods.length === 0 ? (
        <p className="self-center text-sm text-ink-faint">{words.machines.noPods}</p>
      ) : (
        <ul className="flex flex-wrap content-start gap-2">
          {machine.pods.map((pod) => (
            <li key={pod.key}>
              <PodCard pod={pod} onDelete={onDelete} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function PowerMark({ on }: { on: boolean }) {
  return (
    <svg width="14" height="14" viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="2.25" strokeLinecap="round" aria-hidden="true" className={on ? "text-success" : ""}>
      {on ? <path d="M12 4v8M7 6.8a7.5 7.5 0 1 0 10 0" /> : <path d="M5 5l14 14M19 5L5 19" />}
    </svg>
  );
}

/** The switch and the cable of a machine. */
export function Switches({ machine }: { machine: Pick<MachineView, "name" | "powered" | "connected"> }) {
  const { session, words } = useBench();
  const { name, powered, connected } = machine;
  return (
    <div className="mt-1 flex flex-wrap gap-1">
      <button type="button" className="bench-tool bench-tool-strong" aria-pressed={powered} aria-label={fill(powered ? words.machines.powerOff : words.machines.powerOn, { name })} onClick={() => void session.send({ type: "machine", name, do: powered ? "power-off" : "power-on" })}>
        <PowerMark on={powered} />
        {words.machines.power}
      </button>
      <button type="button" className="bench-tool bench-tool-strong" aria-pressed={connected} aria-label={fill(connected ? words.machines.unplug : words.machines.plug, { name })} disabled={!powered} onClick={() => void session.send({ type: "machine", name, do: connected ? "disconnect" : "reconnect" })}>
        {words.machines.cable}
      </button>
    </div>
  );
}

function Services({ services }: { services: readonly ServiceView[] }) {
  const { words } = useBench();
  return (
    <section aria-label={words.machines.services}>
      <p className="mb-1 text-sm font-semibold">{words.machines.services}</p>
      <ul className="space-y-1.5 text-sm">
        {services.map((service) => (
          <li key={service.key} className="grid grid-cols-[auto_1fr] gap-x-2">
            <KindGlyph kind="Service" size={18} />
            <div>
              <span className="font-mono font-semibold">{service.name}</span> <span className="text-ink-faint">{service.type}</span>{" "}
              <span className="font-mono text-[0.8125rem] text-ink-soft">
                {[service.address, service.external].filter((part) => part !== "").join(" · ")} {service.ports}
              </span>
              <p className="text-ink-soft">
                {words.machines.endpoints}: <span className="break-words font-mono text-[0.8125rem]">{service.endpoints.length === 0 ? words.machines.nobody : service.endpoints.join(", ")}</span>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
