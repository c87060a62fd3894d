"use client";
import { useState } from "react";
import { Icon } from "@/app/_ui/icon";
import { fill, useBench } from "../bench-context";
import { spanText } from "../journal-line";
import type { HopView, TripView as Trip } from "../worker/view-model";
import type { Hands } from "./hands";
import { SendForm } from "./send-form";

/** Requests sent so far, and the way of one of them hop by hop. */
export function TripView({ hands }: { hands: Hands }) {
  const { state, words } = useBench();
  const [chosen, choose] = useState<Trip | null>(null);
  const trips = state.trips;
  const trip = chosen && trips.includes(chosen) ? chosen : trips.at(-1);
  return (
    <div className="flex flex-col gap-4">
      {hands.send && <SendForm presets={hands.presets} />}
      {!trip && <p className="p-2 text-sm text-ink-faint">{`${words.trip.empty} ${hands.send ? words.trip.hint : ""}`}</p>}
      {trips.length > 1 && (
        <label className="flex flex-wrap items-center gap-2 text-sm">
          {words.trip.choose}
          <select className="input min-h-9 w-auto max-w-full grow py-1 text-sm" value={trip ? trips.indexOf(trip) : 0} onChange={(event) => choose(trips[Number(event.target.value)] ?? null)}>
            {trips.map((one, index) => (
              <option key={index} value={index}>
                {`${index + 1}. ${one.from} → ${one.asked}: ${words.trip.outcomes[one.outcome]}`}
              </option>
            ))}
          </select>
        </label>
      )}
      {trip && <TripDetail trip={trip} />}
    </div>
  );
}

/** One trip: the route as a drawing, then each place with its sentence. */
export function TripDetail({ trip }: { trip: Trip }) {
  const { words } = useBench();
  const arrived = trip.outcome === "delivered";
  return (
    <article className="min-w-0">
      <p className="flex flex-wrap items-center gap-x-2 text-sm">
        <span className={`inline-flex items-center gap-1 font-semibold ${arrived ? "text-success" : "text-danger"}`}>
          <Icon name={arrived ? "check" : "half"} size={16} />
          {words.trip.outcomes[trip.outcome]}
        </span>
        <span className="break-all font-mono text-[0.8125rem]">
          {trip.from} → {trip.asked}
        </span>
        <span className="text-ink-faint">{fill(words.trip.took, { time: spanText(trip.latency) })}</span>
      </p>
      <Route trip={trip} />
      <ol aria-label={words.trip.hops} className="mt-2">
        {trip.hops.map((hop, index) => (
          <Hop key={index} hop={hop} number={index + 1} />
        ))}
      </ol>
      {trip.servedBy !== undefined && <p className="mt-2 text-sm">{fill(words.trip.servedBy, { pod: trip.servedBy })}</p>}
      {trip.answer && (
        <details className="mt-2 text-sm">
          <summary className="font-semibold text-signal">
            {words.trip.answer} {trip.answer.status}
          </summary>
          <pre tabIndex={0} className="mt-1 max-h-48 overflow-auto whitespace-pre-wrap break-words rounded border border-line bg-sunken p-2 font-mono text-[0.8125rem]">
            {trip.answer.body}
          </pre>
        </details>
      )}
    </article>
  );
}

/** The places it passed, as a line with stops. The list below says the same in words. */
function Route({ trip }: { trip: Trip }) {
  const stops = [trip.from, ...trip.hops.filter(({ stage }) => stage !== "reply").map(({ at }) => at)].filter((stop, index, all) => stop !== "" && stop !== all[index - 1]);
  const last = trip.servedBy !== undefined && stops.at(-1) !== trip.servedBy ? [...stops, trip.servedBy] : stops;
  return (
    <div aria-hidden="true" className="mt-3 flex flex-wrap items-center gap-y-2">
      {last.map((stop, index) => (
        <span key={index} className="flex items-center">
          {index > 0 && (
            <svg width="28" height="12" viewBox="0 0 28 12" fill="none" stroke="currentColor" strokeWidth="1.75" className="text-line-strong">
              <path d="M1 6h24M20 2l5 4-5 4" />
            </svg>
          )}
          <span className={`rounded border px-2 py-0.5 font-mono text-[0.75rem] ${index === last.length - 1 && trip.outcome !== "delivered" ? "border-danger text-danger" : "border-line-strong"}`}>{stop}</span>
        </span>
      ))}
    </div>
  );
}

function Hop({ hop, number }: { hop: HopView; number: number }) {
  const { words } = useBench();
  const ended = hop.verdict === "drop" || hop.verdict === "reject";
  const rewritten = hop.before !== hop.after;
  return (
    <li className="grid grid-cols-[1.75rem_1fr] gap-x-2 border-b border-line py-2 last:border-b-0">
      <span aria-hidden="true" className={`grid size-6 place-items-center rounded-full border text-[0.75rem] tabular-nums ${ended ? "border-danger text-danger" : "border-line-strong"}`}>
        {number}
      </span>
      <div className="min-w-0 text-sm">
        <p className="flex flex-wrap gap-x-2">
          <span className="font-semibold">{words.trip.stages[hop.stage] ?? hop.stage}</span>
          {hop.at !== "" && <span className="font-mono text-[0.8125rem] text-ink-soft">{hop.at}</span>}
          {hop.by !== "" && <span className="text-ink-soft">{hop.by}</span>}
          <span className={ended ? "font-semibold text-danger" : "text-ink-faint"}>{words.trip.verdicts[hop.verdict]}</span>
        </p>
        <p>{hop.because}</p>
        <p className="mt-0.5 font-mono text-[0.75rem] text-ink-soft">
          {rewritten ? (
            <>
              <span className="sr-only">{words.trip.before}: </span>
              <del className="no-underline opacity-90">{hop.before}</del>
              <span aria-hidden="true"> ⇒ </span>
              <span className="sr-only">{words.trip.after}: </span>
              <ins className="font-semibold text-signal no-underline">{hop.after}</ins>
            </>
          ) : (
            hop.before
          )}
        </p>
      </div>
    </li>
  );
}
