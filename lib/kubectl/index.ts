/** kubectl: the command line of the cluster, as real as we can make it, over plain data. */
export { completeKubectl, resumeKubectl, runToCompletion, startKubectl } from "./kubectl";
export type { Continuation, KubectlFiles, KubectlIO, Note, Run } from "./io";
export { tidyPath } from "./io";
