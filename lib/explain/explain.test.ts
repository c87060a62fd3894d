import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reason, type ReasonCode } from "@/lib/engine";
import { locales } from "@/lib/text";
import { explain, explainCode, explainEvent, explainFieldError, explainStatus } from "./index";
import { fieldErrorSentences, originSentences } from "./api";
import { eventSentences } from "./events";
import { kubeletSentences } from "./kubelet";
import { limitSentences } from "./limits";
import { manifestSentences } from "./manifest";
import { networkSentences } from "./network";
import { schedulerSentences } from "./scheduler";
import { fill, sentence } from "./sentence";
import { storageSentences } from "./storage";

const all = { ...schedulerSentences, ...networkSentences, ...kubeletSentences, ...storageSentences, ...limitSentences, ...manifestSentences, ...eventSentences, ...fieldErrorSentences, ...originSentences };

describe("sentences", () => {
  test.each(Object.entries(all))("%s is whole in both languages, and polite", (_code, text) => {
    for (const locale of locales) {
      expect(text[locale].trim().length).toBeGreaterThan(15);
      expect(text[locale]).not.toMatch(/[¡!]/);
      const holes = [...text[locale].matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      expect([...text.es.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()).toEqual(holes);
    }
  });

  test("no reason of the engine's closed list is without one", () => {
    const codes = [...readFileSync(new URL("../engine/reason.ts", import.meta.url), "utf8").matchAll(/^ {2}\| "([a-z]+\.[a-z-]+)"/gm)].flatMap(([, code]) => code ?? []);
    expect(codes.length).toBeGreaterThan(70);
    for (const locale of locales) expect(codes.filter((code) => /^(Algo lo impide|Something prevents it)/.test(explain(reason(code as ReasonCode), locale)))).toEqual([]);
  });

  test("events of disks and pods say what they mean", () => {
    const event = { reason: "FailedAttachVolume", message: 'Multi-Attach error for volume "a" Volume is already used by pod(s) b.', involvedObject: { name: "web" } };
    expect(explainEvent(event, "es")).toContain('El disco no se puede conectar al nodo de web: Multi-Attach error for volume "a" Volume is already used by pod(s) b. Un disco');
    expect(explainEvent({ reason: "toString" }, "en")).toBeUndefined();
  });

  test("values take their places, and passages without theirs are left out", () => {
    const text = sentence("Nodo {node}[[ ({limit})]].", "Node {node}[[ ({limit})]].");
    expect(fill(text, "es", { node: "a", limit: 3 })).toBe("Nodo a (3).");
    expect(fill(text, "en", { node: "a" })).toBe("Node a.");
  });

  test("a reason is explained in the reader's language", () => {
    expect(explain(reason("scheduler.node-unschedulable", { node: "node-2" }), "es")).toBe(
      "El nodo node-2 está acordonado: los pods que tiene siguen, pero no recibe ninguno nuevo. Si ya acabaste el mantenimiento, ábrelo con kubectl uncordon node-2.",
    );
    expect(explain(reason("service.no-endpoints", { service: "default/web" }), "en")).toContain("Service default/web has no ready pod behind it");
  });

  test("no code makes it throw", () => {
    expect(explain({ code: "x.y" as ReasonCode, params: {}, about: [] }, "es")).toBe("Algo lo impide.");
    expect(explainCode("x.y", "en")).toBe("Something prevents it (x.y).");
    expect(explainCode("__proto__", "en")).toBe("Something prevents it (__proto__).");
    expect(explainCode("workbench.file-too-large", "es", { limit: 10 })).toBe("El fichero es demasiado grande: como mucho 10 bytes. No se ha guardado.");
  });

  test("field errors prefer the rule's own words", () => {
    expect(explainFieldError({ code: "required", path: "spec.selector", detail: "", origin: "x" }, "es")).toBe("Falta spec.selector, que es obligatorio. Añádelo al manifiesto.");
    expect(explainFieldError({ code: "invalid", path: "spec.ports[0].nodePort", badValue: 80, detail: "", origin: "service.node-port" }, "en")).toContain("30000-32767");
    expect(explainStatus("NotFound", "es")).toContain("namespace");
  });
});
