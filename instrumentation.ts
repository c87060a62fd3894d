/** Next's hook, run once when the server starts: refuses to serve with a clear line, warms the grading threads, and wakes the gateway when kubeconfigs wait for it. */
export async function register(): Promise<void> {
  // Written this way round so that the bundle for other runtimes leaves the imports out.
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { refuseToServeWithoutSecret } = await import("@/lib/auth");
    refuseToServeWithoutSecret();
    const { wakeLive, warmGrading } = await import("@/lib/hosting");
    warmGrading();
    await wakeLive();
  }
}
