import { partsOfKind } from "@/lib/engine";
import type { Evidence, GradeReport } from "@/lib/grader";
import { pick, type Locale } from "@/lib/text";
import { tripView } from "./look/trips";
import type { EvidenceView, ReportView } from "./protocol";

const MOST_LINES = 12;

/** A verdict in the reader's words, with its evidence ready to be read. */
export function reportView(report: GradeReport, locale: Locale): ReportView {
  return {
    score: report.score,
    maxScore: report.maxScore,
    passed: report.passed,
    stopped: report.stopped ? pick(report.stopped.message, locale) : "",
    results: report.results.map(({ check, title, points, earned, finding }) => ({
      check,
      title: pick(title, locale),
      points,
      earned,
      passed: finding.passed,
      message: finding.passed ? (finding.note ? pick(finding.note, locale) : "") : pick(finding.message, locale),
      next: finding.passed ? "" : pick(finding.next, locale),
      evidence: (finding.evidence ?? []).map((item) => evidenceView(item, locale)),
    })),
  };
}

function evidenceView(item: Evidence, locale: Locale): EvidenceView {
  switch (item.type) {
    case "object":
      return { type: "object", kind: partsOfKind(item.ref.kind).kind, name: item.ref.name, path: item.path ?? "", value: item.value === undefined ? "" : typeof item.value === "string" ? item.value : JSON.stringify(item.value) };
    case "event": {
      const { type, reason, message, involvedObject } = item.event;
      return { type: "event", warning: type === "Warning", reason, message, object: `${involvedObject.kind}/${involvedObject.name}` };
    }
    case "packet":
      return { type: "trip", trip: tripView(item.trace, locale) };
    case "scheduling":
      return { type: "text", label: item.trace.pod.name, lines: [item.trace.message ?? item.trace.chosen ?? ""] };
    case "log":
      return { type: "text", label: item.pod, lines: item.lines.slice(-MOST_LINES) };
    case "file":
      return { type: "file", place: item.place, path: item.path, content: item.content };
    case "api":
      return { type: "text", label: `API ${item.code}`, lines: [item.message] };
    case "numbers":
      return { type: "numbers", label: pick(item.label, locale), found: item.found, wanted: item.wanted };
  }
}
