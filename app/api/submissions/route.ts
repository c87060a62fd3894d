import { submitAnswer } from "@/lib/progress";
import { answerLimits } from "@/lib/workbench";
import { forEverybody } from "../_http/route";

/**
 * `{answer, idempotencyKey, reportHash?}` → `{submission, report}`. Guests are graded and nothing is kept (`submission: null`).
 * The body's limit leaves room for escapes around an answer of the largest size.
 */
export const POST = forEverybody(({ user, body, address }) => submitAnswer(user, body, address), { maxBytes: answerLimits.bytes + 4_096 });
