import { describe, expect, it } from "vitest";
import { allExercises, exerciseServer } from "@/lib/course";
import { exerciseParts, grade, writtenAnswer, type Check } from "@/lib/grader";
import { gradeAnswer } from "./grade-answer";

describe("an answer graded again", () => {
  it("comes to the same, whatever was graded before it, as one graded alone", async () => {
    for (const { id } of allExercises().slice(0, 3)) {
      const found = await exerciseServer(id);
      const solution = found?.solutions[0];
      if (!found || !solution) continue;
      const [right, wrong, other] = [writtenAnswer(found.exercise, 1, solution.files), writtenAnswer(found.exercise, 1, {}), writtenAnswer(found.exercise, 2, solution.files)];
      const first = await gradeAnswer(right);
      await gradeAnswer(wrong);
      await gradeAnswer(other);
      expect(await gradeAnswer(right)).toEqual(first);
      const alone = grade(exerciseParts(found, Array.isArray(found.secret) ? (found.secret as readonly Check[]) : []), right);
      expect(first).toMatchObject({ graded: true, report: alone });
    }
  });
});
