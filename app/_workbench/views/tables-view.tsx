"use client";
import { useEffect, useState } from "react";
import { KindGlyph } from "@/app/_ui/kind";
import { useBench, useSlices } from "../bench-context";
import type { TableView } from "../worker/view-model";
import { Nothing } from "./parts";

interface Chosen {
  readonly plural: string;
  readonly kind: string;
  readonly key: string;
}

/** What `kubectl get` prints of each kind, and one object whole. */
export function TablesView() {
  useSlices(["tables"]);
  const { state, words } = useBench();
  const [plural, setPlural] = useState("");
  const [chosen, choose] = useState<Chosen | null>(null);
  const tables = state.view.tables;
  if (!tables || tables.length === 0) return <Nothing looked={tables !== undefined} text={words.tables.empty} />;
  const table = tables.find((one) => one.plural === plural) ?? tables.find((one) => one.plural === "pods") ?? tables[0];
  if (chosen) return <OneObject chosen={chosen} onBack={() => choose(null)} />;
  return (
    <>
      <label className="mb-2 flex items-center gap-2 text-sm">
        {words.tables.kind}
        <select className="input min-h-9 w-auto py-1" value={table?.plural ?? ""} onChange={(event) => setPlural(event.target.value)}>
          {tables.map((one) => (
            <option key={one.plural} value={one.plural}>{`${one.kind} (${one.rows.length})`}</option>
          ))}
        </select>
      </label>
      {table && <Rows table={table} onChoose={(key) => choose({ plural: table.plural, kind: table.kind, key })} />}
    </>
  );
}

function Rows({ table, onChoose }: { table: TableView; onChoose: (key: string) => void }) {
  const { words } = useBench();
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label={table.kind}>
      <table className="bench-table">
        <thead>
          <tr>
            <th scope="col">{words.tables.name}</th>
            {table.columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="font-mono text-[0.8125rem]">
          {table.rows.map((row) => (
            <tr key={row.key}>
              <td>
                <button type="button" className="inline-flex items-center gap-1.5 text-left text-signal underline-offset-2 hover:underline" onClick={() => onChoose(row.key)}>
                  <KindGlyph kind={table.kind} size={16} />
                  {row.key.replace(/^default\//, "")}
                </button>
              </td>
              {row.cells.map((cell, index) => (
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function OneObject({ chosen, onBack }: { chosen: Chosen; onBack: () => void }) {
  const { session, state, words } = useBench();
  const [how, setHow] = useState<"yaml" | "describe">("yaml");
  const [text, setText] = useState("");
  const [namespace, name] = chosen.key.includes("/") ? [chosen.key.split("/")[0] ?? "", chosen.key.split("/")[1] ?? ""] : ["", chosen.key];
  const where = namespace === "" ? "" : ` -n ${namespace}`;
  const line = how === "yaml" ? `kubectl get ${chosen.plural} ${name}${where} -o yaml` : `kubectl describe ${chosen.plural} ${name}${where}`;
  const step = state.journal.length;
  useEffect(() => {
    let wanted = true;
    void session.ask((api, bench) => api.peek(bench, line)).then((found) => wanted && found !== null && setText(found));
    return () => {
      wanted = false;
    };
  }, [session, line, step]);
  return (
    <section aria-label={`${chosen.kind} ${name}`}>
      <div className="mb-2 flex flex-wrap items-center gap-2">
        <button type="button" className="bench-tool bench-tool-strong" onClick={onBack}>
          ← {words.tables.back}
        </button>
        <span className="inline-flex items-center gap-1.5 font-mono text-sm font-semibold">
          <KindGlyph kind={chosen.kind} size={18} />
          {name}
        </span>
        {(["yaml", "describe"] as const).map((way) => (
          <button key={way} type="button" aria-pressed={how === way} className="bench-tool" onClick={() => setHow(way)}>
            {words.tables[way]}
          </button>
        ))}
      </div>
      <p className="mb-1 font-mono text-[0.75rem] text-ink-faint">$ {line}</p>
      <pre tabIndex={0} className="overflow-x-auto rounded border border-line bg-sunken p-3 font-mono text-[0.8125rem] leading-relaxed">
        {text === "" ? words.tables.reading : text}
      </pre>
    </section>
  );
}
