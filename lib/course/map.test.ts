import { describe, expect, it } from "vitest";
import { allExercises, allLessons, courseMap, exerciseFace, lessonById, lessonBySlug, moduleOf, neighboursOf } from "./map";

describe("the course map", () => {
  it("holds ten modules and 47 lessons", () => {
    expect(courseMap().modules).toHaveLength(10);
    expect(allLessons()).toHaveLength(47);
  });

  it("puts every lesson in the recommended order once, after what it needs", () => {
    const { order } = courseMap();
    expect([...order].sort()).toEqual(allLessons().map(({ id }) => id).sort());
    for (const lesson of allLessons()) {
      for (const need of lesson.needs) expect(order.indexOf(need), `${lesson.id} needs ${need}`).toBeLessThan(order.indexOf(lesson.id));
    }
  });

  it("gives every lesson as many aims in one language as in the other", () => {
    for (const { id, aims } of allLessons()) expect(aims.es.length, id).toBe(aims.en.length);
  });

  it("finds a lesson by its slug in its own language only", () => {
    expect(lessonBySlug("es", "wordpress-comparte")?.id).toBe("L37");
    expect(lessonBySlug("en", "wordpress-shares")?.id).toBe("L37");
    expect(lessonBySlug("en", "wordpress-comparte")).toBeUndefined();
    expect(lessonBySlug("es", "__proto__")).toBeUndefined();
  });

  it("knows a lesson's module and neighbours", () => {
    const lesson = lessonById("L13");
    expect(lesson && moduleOf(lesson).id).toBe("M3");
    expect(lesson && neighboursOf(lesson).previous?.id).toBe("L12");
    expect(lesson && neighboursOf(lesson).next?.id).toBe("L16");
    const first = lessonById("L01");
    expect(first && neighboursOf(first).previous).toBeUndefined();
  });

  it("names each exercise once and answers nothing for strange ids", () => {
    const ids = allExercises().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(exerciseFace("constructor")).toBeUndefined();
  });
});
