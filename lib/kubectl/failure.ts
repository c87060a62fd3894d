import { ApiError, fieldErrorText } from "@/lib/engine";

/** A command that cannot go on; thrown and caught inside this room. `text` is all it prints on stderr, without the last newline. */
export class Failure extends Error {
  constructor(
    readonly text: string,
    readonly exitCode = 1,
  ) {
    super(text);
  }
}

/** Ends the command with `error: …`. */
export function fail(message: string): never {
  throw new Failure(`error: ${message}`);
}

/**
 * Several failures printed one after the other, without the word that only a single one begins with; some commands write
 * that word themselves. Upstream: checkErr, MultipleErrors.
 */
export function failAll(failures: readonly unknown[], worded = false): void {
  if (failures.length === 0) return;
  const texts = failures.map(failureText);
  throw new Failure((texts.length === 1 || worded ? texts : texts.map((text) => text.replace(/^error: /, ""))).join("\n"));
}

/** What kubectl prints for a failure. Upstream: kubectl/pkg/cmd/util `StandardErrorMessage`, `checkErr`. */
export function failureText(failure: unknown): string {
  if (failure instanceof Failure) return failure.text;
  if (failure instanceof ApiError) return apiErrorText(failure);
  throw failure;
}

/** A refusal of the API as kubectl prints it; `while` is put before the message (`error when creating "x.yaml"`). */
export function apiErrorText(error: ApiError, doing?: string): string {
  const { status } = error;
  if (status.reason === "Invalid" && status.details?.kind !== undefined) {
    const head = `The ${status.details.kind} "${status.details.name ?? ""}" is invalid`;
    const others = (status.details.causes ?? []).map(({ field = "", message }) => `${field}: ${message}`);
    const texts = [...new Set([...status.causes.map(fieldErrorText), ...others])];
    if (texts.length === 0) return head;
    return texts.length === 1 ? `${head}: ${texts[0]}` : `${head}: \n${texts.map((text) => `* ${text}`).join("\n")}`;
  }
  if (status.reason === "Invalid" && doing === undefined && (status.details?.causes ?? []).length + status.causes.length === 0) return `The request is invalid: ${status.message}`;
  return `Error from server${status.unnamed ? "" : ` (${status.reason})`}: ${doing === undefined ? "" : `${doing}: `}${status.message}`;
}

/** Runs something that may be refused by the API, and says what was being done if it is. */
export function doing<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError) throw new Failure(apiErrorText(error, what));
    throw error;
  }
}

/** Runs something that may be refused; the refusal becomes a plain `error: what: message`. */
export function doingPlainly<T>(what: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof ApiError) return fail(`${what}: ${error.status.message}`);
    throw error;
  }
}
