import type { Workbench } from "@/lib/workbench";
import type { Evidence } from "../exercise";

/** What `kubectl apply` prints for each manifest on the disk; applied for real, so give it a workbench that is not needed again. */
export function apiAnswers(bench: Workbench): readonly { readonly path: string; readonly exitCode: number; readonly text: string }[] {
  const paths = [...bench.files.keys()].filter((path) => /\.(ya?ml|json)$/.test(path));
  return paths.map((path) => {
    const output = bench.apply({ type: "run", line: `kubectl apply -f ${path}` }).output;
    return { path, exitCode: output?.exitCode ?? 0, text: `${output?.stdout ?? ""}${output?.stderr ?? ""}`.trim() };
  });
}

/** The API's refusals of the student's manifests, as evidence. */
export function refusals(bench: Workbench): readonly Evidence[] {
  return apiAnswers(bench).filter(({ exitCode }) => exitCode !== 0).map(({ text }) => ({ type: "api", code: 422, message: text }));
}
