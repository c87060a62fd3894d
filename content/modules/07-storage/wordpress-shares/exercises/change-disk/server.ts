import { defineServerChecks, nodesOf, readyPods, sharesUploads } from "@/lib/grader";

export default defineServerChecks([
  {
    id: "new-ones",
    title: { es: "Las subidas nuevas también se comparten", en: "New uploads are shared too" },
    points: 1,
    run({ cluster, params }) {
      const pods = readyPods(cluster, "app=wp");
      const firsts = nodesOf(pods).flatMap((node) => pods.find((pod) => pod.spec.nodeName === node) ?? []);
      const shared = sharesUploads(cluster, firsts, `juez-${String(params["file"])}`, "del juez");
      return shared.passed || shared.code !== "uploads.refused" ? shared : { ...shared, code: "uploads.not-shared" };
    },
  },
]);
