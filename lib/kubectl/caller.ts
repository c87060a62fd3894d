import { everyVersion, guardedClient, impersonate, userInfo, type Client, type Cluster, type UserInfo } from "@/lib/engine";
import type { FlagValues } from "./flags";

/** Who a command is run as: the terminal's user, or whom `--as` and `--as-group` name. @throws {ApiError} 403 when the user may not act as that one. */
export function callerOf(cluster: Cluster, user: string, flags: FlagValues): UserInfo {
  const self = user.startsWith("system:serviceaccount:") ? userInfo(user) : { name: user, groups: ["system:masters", "system:authenticated"] };
  const as = flags.text("as");
  return as === "" ? self : impersonate(cluster.as(user), self, as, flags.list("as-group"));
}

/** A client that may do what its user may do. */
export function clientOf(cluster: Cluster, user: UserInfo): Client {
  return guardedClient(everyVersion(cluster.as(user.name)), user);
}
