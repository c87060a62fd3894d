import type { Session } from "./session";
import { textOf } from "./value";

/** A setting as this conversation sees it, by its name without `@@`; undefined when there is none such. */
export function settingOf(session: Session, name: string): string | undefined {
  const bare = name.toLowerCase().replace(/^(@@)?(global\.|session\.|local\.)?/, "");
  const own = session.variables.get(`@@${bare}`);
  if (own !== undefined && own !== null) return textOf(own, session.dialect);
  return Object.hasOwn(session.settings, bare) ? session.settings[bare] : undefined;
}

/** Every setting in order of name. */
export function settings(session: Session): readonly (readonly [string, string])[] {
  return Object.keys(session.settings).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).map((name) => [name, settingOf(session, name) ?? ""]);
}
