/** The domain of the demo's people; `.example` can belong to nobody. */
const DEMO_DOMAIN = "@demo.timonel.example";

/**
 * Is this one of the demo's well-known accounts on a public server that switched the demo off? Their password is in the
 * repository, so they must not open a door there, even where an earlier start had seeded them.
 */
export function isClosedDemoAccount(email: string): boolean {
  return email.endsWith(DEMO_DOMAIN) && process.env.NODE_ENV === "production" && process.env.TIMONEL_DEMO === "off";
}
