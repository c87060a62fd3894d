import type { DefaultSession } from "next-auth";

declare module "next-auth" {
  interface User {
    /** The session version the sign-in was made under; absent on a provider's profile until we know the person. */
    version?: number;
  }
  interface Session {
    user: { id: string } & DefaultSession["user"];
    version: number;
  }
}

declare module "next-auth/jwt" {
  interface JWT {
    uid: string;
    version: number;
  }
}
