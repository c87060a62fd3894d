/** What a companion says, as JSON that begins as its words do; undefined for whatever else comes in at the door, such as a look at whether it is open. */
export function wordIn<T>(body: string, beginning: string): T | undefined {
  if (!body.startsWith(beginning)) return undefined;
  try {
    return JSON.parse(body) as T;
  } catch {
    return undefined;
  }
}
