import { useLocale } from "next-intl";
import type { TimerGroup } from "@/lib/engine";
import { timerHeadings, timerLines } from "@/lib/explain";
import { Table } from "./code";

/** The default spans of time of a part of the cluster, as the engine counts them. */
export function Timers({ of }: { of: TimerGroup }) {
  const locale = useLocale();
  const { what, wait, setBy } = timerHeadings(locale);
  return (
    <Table>
      <thead>
        <tr>
          <th scope="col">{what}</th>
          <th scope="col">{wait}</th>
          <th scope="col">{setBy}</th>
        </tr>
      </thead>
      <tbody>
        {timerLines(of, locale).map((line) => (
          <tr key={line.what}>
            <td>{line.what}</td>
            <td>{line.wait}</td>
            <td>
              <code>{line.setBy}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
