import { REPLICA_SET } from "@/lib/engine";
import { defineServerChecks, untouched } from "@/lib/grader";

export default defineServerChecks([
  {
    id: "same-set",
    title: { es: "El ReplicaSet sigue como estaba", en: "The ReplicaSet is as it was" },
    points: 1,
    run: ({ before, cluster }) => untouched(before, cluster, { kinds: [REPLICA_SET] }),
  },
]);
