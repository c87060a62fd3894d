/** Next's hook, run once when the server starts: refuses to serve with a clear line, and warms the grading threads. */
export async function register(): Promise<void> {
  // Written this way round so that the bundle for other runtimes leaves the imports out.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { refuseToServeWithoutSecret } = await import("@/lib/auth");
    refuseToServeWithoutSecret();
    const { warmGrading } = await import("@/lib/hosting");
    warmGrading();
  }
}
