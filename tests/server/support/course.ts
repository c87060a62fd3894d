import { createHash } from "node:crypto";
import type { GradeOutcome, GradeService } from "@/lib/hosting";

/** A course of two exercises, so that the server floor's tests hang on nobody's content. */
const faces = [
  { id: "scale-up", lesson: "L13", folder: "scale-up", title: { es: "Escala", en: "Scale" }, kind: "terminal", difficulty: 1, maxScore: 3 },
  { id: "find-fault", lesson: "L28", folder: "find-fault", title: { es: "=Avería", en: "@Fault" }, kind: "repair", difficulty: 2, maxScore: 3 },
] as const;

const faceOf = (id: string) => faces.find((face) => face.id === id);

export const allExercises = () => faces;
export const exerciseFace = faceOf;
export const lessonById = (id: string) => (id === "L13" || id === "L28" ? { id } : undefined);

export async function exercisePublic(id: string) {
  const face = faceOf(id);
  if (!face) return undefined;
  const exercise = { id, title: face.title, checks: [], hints: [1, 2, 3].map((n) => ({ es: `Pista ${n}`, en: `Hint ${n}` })) };
  return { id, exercise: id === "find-fault" ? { ...exercise, params: () => ({ port: 80 }) } : exercise, start: {}, cluster: {} };
}

export async function exerciseServer(id: string) {
  const open = await exercisePublic(id);
  return open && { ...open, secret: null, solutions: [{ name: "solution", files: { "commands.txt": "solve SECRET-SOLUTION" } }], wrong: [] };
}

/** Judges by the last `run`: "solve" is full marks, "half" a part, "hang" goes over the budget, "break" breaks the grader. */
export const fakeGrader: GradeService = {
  async grade(answer): Promise<GradeOutcome> {
    await new Promise((resolve) => setImmediate(resolve));
    const last = answer.inputs.at(-1);
    const line = last?.type === "run" ? last.line : "";
    if (line === "hang") return { graded: false, code: "grading.budget-exceeded" };
    if (line === "break") return { graded: false, code: "grading.failed" };
    const passed = line.startsWith("solve");
    const finding = passed ? { passed } : { passed, code: "fake.not-solved", message: { es: "No", en: "No" }, evidence: [] };
    const report = {
      exercise: answer.exercise,
      engineVersion: "test",
      answerHash: createHash("sha256").update(JSON.stringify(answer)).digest("hex"),
      results: [{ check: "done", points: 3, finding }],
      score: passed ? 3 : line === "half" ? 1 : 0,
      maxScore: 3,
      passed,
    };
    return { graded: true, report, publicHash: "server-hash" } as unknown as GradeOutcome;
  },
};
