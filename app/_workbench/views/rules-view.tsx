"use client";
import { fill, useBench, useSlices } from "../bench-context";
import { Nothing } from "./parts";

/** The netfilter table of every machine, as the class draws it. */
export function RulesView() {
  useSlices(["rules"]);
  const { state, words } = useBench();
  const tables = state.view.rules;
  if (!tables) return <Nothing looked={false} text="" />;
  return (
    <div className="flex flex-col gap-5">
      {tables.map((table) => (
        <section key={table.machine} aria-label={fill(words.rules.of, { machine: table.machine })} className="min-w-0 overflow-x-auto" tabIndex={0}>
          <table className="bench-table">
            <caption className="mb-1 text-left text-sm">
              <span className="font-semibold">{fill(words.rules.of, { machine: table.machine })}</span>
              {!table.up && <span className="ml-2 text-danger">{words.rules.down}</span>}
            </caption>
            {table.rules.length === 0 ? (
              <tbody>
                <tr>
                  <td className="text-ink-faint">{words.rules.empty}</td>
                </tr>
              </tbody>
            ) : (
              <>
                <thead>
                  <tr>
                    <th scope="col">{words.rules.match}</th>
                    <th scope="col">{words.rules.backends}</th>
                    <th scope="col">{words.rules.service}</th>
                  </tr>
                </thead>
                <tbody className="font-mono text-[0.8125rem]">
                  {table.rules.map((rule) => (
                    <tr key={`${rule.match} ${rule.service}`} className="bench-appear">
                      <td className="whitespace-nowrap">{rule.match}</td>
                      <td>{rule.backends.length === 0 ? <span className="font-semibold text-danger">{words.rules.reject}</span> : rule.backends.join(" | ")}</td>
                      <td>{rule.service}</td>
                    </tr>
                  ))}
                </tbody>
              </>
            )}
          </table>
        </section>
      ))}
    </div>
  );
}
