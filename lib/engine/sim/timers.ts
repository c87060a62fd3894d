/** A span of time something waits unless told otherwise: how long, and what sets it upstream. */
export interface Timer {
  readonly ms: number;
  /** A flag of a component, a field of an object, or a constant of upstream's. */
  readonly setBy: string;
}

const timer = (ms: number, setBy: string): Timer => ({ ms, setBy });

/**
 * Every default span of time the cluster lives by, in one place: the components count by these, and lessons show them.
 * By what they are about.
 */
export const TIMERS = {
  nodes: {
    lease: timer(40_000, "kubelet nodeLeaseDurationSeconds"),
    monitorPeriod: timer(5_000, "kube-controller-manager --node-monitor-period"),
    monitorGrace: timer(50_000, "kube-controller-manager --node-monitor-grace-period"),
    tolerated: timer(300_000, "Pod spec.tolerations[].tolerationSeconds"),
    evictionPace: timer(10_000, "kube-controller-manager --node-eviction-rate"),
    slowEvictionPace: timer(100_000, "kube-controller-manager --secondary-node-eviction-rate"),
    goneQuarantine: timer(40_000, "podgc quarantineTime"),
    podGc: timer(20_000, "podgc gcCheckPeriod"),
  },
  pods: {
    terminationGrace: timer(30_000, "Pod spec.terminationGracePeriodSeconds"),
    crashBackoff: timer(10_000, "kubelet backOffPeriod"),
    crashBackoffMost: timer(300_000, "kubelet MaxContainerBackOff"),
    probePeriod: timer(10_000, "Probe periodSeconds"),
    probeTimeout: timer(1_000, "Probe timeoutSeconds"),
    sandboxRetry: timer(10_000, "kubelet backOffPeriod"),
    evictionCheck: timer(10_000, "kubelet monitoringInterval"),
    pressureTransition: timer(300_000, "kubelet evictionPressureTransitionPeriod"),
  },
  workloads: {
    progressDeadline: timer(600_000, "Deployment spec.progressDeadlineSeconds"),
    jobBatch: timer(1_000, "job SyncJobBatchPeriod"),
    jobBackoff: timer(10_000, "job DefaultJobPodFailureBackOff"),
    jobBackoffMost: timer(600_000, "job MaxJobPodFailureBackOff"),
    daemonBackoff: timer(1_000, "daemon failedPodsBackoff"),
    daemonBackoffMost: timer(900_000, "daemon failedPodsBackoff"),
    autoscalerSync: timer(15_000, "kube-controller-manager --horizontal-pod-autoscaler-sync-period"),
    downscaleStabilization: timer(300_000, "kube-controller-manager --horizontal-pod-autoscaler-downscale-stabilization"),
    cpuInitialization: timer(300_000, "kube-controller-manager --horizontal-pod-autoscaler-cpu-initialization-period"),
    readinessDelay: timer(30_000, "kube-controller-manager --horizontal-pod-autoscaler-initial-readiness-delay"),
    disruption: timer(120_000, "disruption DeletionTimeout"),
  },
  scheduling: {
    backoff: timer(1_000, "KubeSchedulerConfiguration podInitialBackoffSeconds"),
    backoffMost: timer(10_000, "KubeSchedulerConfiguration podMaxBackoffSeconds"),
  },
  storage: {
    unmountPatience: timer(360_000, "attachdetach ReconcilerMaxWaitForUnmountDuration"),
    volumeRefresh: timer(60_000, "kubelet syncFrequency"),
    mountRetry: timer(500, "volume exponentialbackoff initialDurationBeforeRetry"),
    mountRetryMost: timer(122_000, "volume exponentialbackoff maxDurationBeforeRetry"),
  },
  api: {
    eventTtl: timer(3_600_000, "kube-apiserver --event-ttl"),
    namespaceGrace: timer(5_000, "namespace namespaceDeletionGracePeriod"),
    sessionAffinity: timer(10_800_000, "Service spec.sessionAffinityConfig.clientIP.timeoutSeconds"),
    metricsResolution: timer(15_000, "metrics-server --metric-resolution"),
  },
} satisfies Readonly<Record<string, Readonly<Record<string, Timer>>>>;

/** What timers are about. */
export type TimerGroup = keyof typeof TIMERS;
