/** Next's hook, run once when the server starts: the place to refuse to serve with a clear line. */
export async function register(): Promise<void> {
  // Written this way round so that the bundle for other runtimes leaves the import out.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { refuseToServeWithoutSecret } = await import("@/lib/auth");
    refuseToServeWithoutSecret();
  }
}
