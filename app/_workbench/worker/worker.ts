import { expose } from "comlink";
import { completeField, diagnose, hover, peek } from "./assist";
import { attempt, gradeBench, openBench, readReport, send, travel, watch, type OpenBench } from "./open-bench";
import type { Answered, BenchApi } from "./protocol";

const benches = new Map<number, OpenBench>();
let opened = 0;

function at<T>(id: number, work: (open: OpenBench) => T): Promise<Answered<T>> {
  const open = benches.get(id);
  return open ? attempt(() => work(open)) : Promise.resolve({ ok: false, code: "not-found", message: `bench ${id}` });
}

const api: BenchApi = {
  async open(opening) {
    opened += 1;
    const answer = await openBench(opened, opening);
    if (!answer.ok) return answer;
    benches.set(answer.value.open.id, answer.value.open);
    return { ok: true, value: answer.value.opened };
  },
  send: (id, input) => at(id, (open) => send(open, input)),
  watch: (id, slices) => at(id, (open) => watch(open, slices)),
  goTo: (id, inputs, step) => at(id, (open) => travel(open, inputs, step)),
  grade: (id) => at(id, gradeBench),
  readReport: (id, report) => at(id, (open) => readReport(open, report)),
  completeLine: (id, line) => at(id, ({ bench }) => bench.complete(line)),
  diagnose: (id, path, text) => at(id, (open) => diagnose(open, path, text)),
  completeField: (id, place) => at(id, (open) => completeField(open, place)),
  hover: (id, place) => at(id, (open) => hover(open, place)),
  peek: (id, line) => at(id, (open) => peek(open, line)),
  close(id) {
    benches.delete(id);
    return Promise.resolve();
  },
};

expose(api);
