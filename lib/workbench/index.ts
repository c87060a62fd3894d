/** What a student sits at: files, terminal, cluster and the journal of what was done. */
export { answerLimits, clusterLimits, type Answer, type ApiRequest, type Input, type WorldChange } from "./input";
export type { FixtureName, Scene, SceneAction, SceneView } from "./scene";
export type { Effect, TerminalOutput, Workbench, WorkbenchSetup } from "./bench";
export { openWorkbench } from "./open";
export { openFree } from "./open-free";
export { STUDENT } from "./api-request";
export { istioManifest } from "./fixtures/istio";
export { published, type Installable } from "./fixtures/published";
export { openShiftManifest } from "./fixtures/openshift";
export { prod4Workloads } from "./fixtures/prod-4";
export { parseAnswer, type AnswerProblem } from "./parse-answer";
export { duration, NotationError, origin, readInputs, requestTo } from "./notation";
export { fixtures, kubernetesVersion } from "./fixtures/index";
export { journalText } from "./journal-text";
export { openScene, readScene } from "./read-scene";
