import "server-only";

export { addressOf } from "./address";
export { deleteAccount, exportAccount, setRole, updateAccount } from "./account";
export { currentUser, isTheme, requireTeacher, requireUser } from "./current-user";
export type { CurrentUser, Theme } from "./current-user";
export { consume } from "./limits";
export type { LimitName } from "./limits";
export { may } from "./may";
export type { Actions } from "./may";
export { authOptions } from "./options";
export { hashPassword } from "./passwords";
export { availableProviders } from "./providers";
export type { ProviderInfo } from "./providers";
export { Refusal } from "./refusal";
export type { RefusalKind } from "./refusal";
export { invalidField, notAllowed, notFound, tooMany, unauthenticated } from "./refusals";
export { authSecret, isServedSecurely, refuseToServeWithoutSecret } from "./secret";
export { signUp } from "./sign-up";
