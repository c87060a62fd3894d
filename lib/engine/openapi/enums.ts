/** Fields with few possible values, for completion and explanation. Validation has its own words for each. */
const enums: Readonly<Record<string, readonly string[]>> = {
  "PodSpec.restartPolicy": ["Always", "Never", "OnFailure"],
  "PodSpec.dnsPolicy": ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
  "PodSpec.preemptionPolicy": ["Never", "PreemptLowerPriority"],
  "Container.imagePullPolicy": ["Always", "IfNotPresent", "Never"],
  "Container.terminationMessagePolicy": ["FallbackToLogsOnError", "File"],
  "ContainerPort.protocol": ["SCTP", "TCP", "UDP"],
  "HTTPGetAction.scheme": ["HTTP", "HTTPS"],
  "VolumeMount.mountPropagation": ["Bidirectional", "HostToContainer", "None"],
  "EmptyDirVolumeSource.medium": ["", "Memory"],
  "HostPathVolumeSource.type": ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"],
  "Toleration.operator": ["Equal", "Exists", "Gt", "Lt"],
  "PodSecurityContext.fsGroupChangePolicy": ["Always", "OnRootMismatch"],
  "PodSecurityContext.supplementalGroupsPolicy": ["Merge", "Strict"],
  "TopologySpreadConstraint.nodeAffinityPolicy": ["Honor", "Ignore"],
  "TopologySpreadConstraint.nodeTaintsPolicy": ["Honor", "Ignore"],
  "AzureDiskVolumeSource.cachingMode": ["None", "ReadOnly", "ReadWrite"],
  "AzureDiskVolumeSource.kind": ["Dedicated", "Managed", "Shared"],
  "Toleration.effect": ["NoExecute", "NoSchedule", "PreferNoSchedule"],
  "Taint.effect": ["NoExecute", "NoSchedule", "PreferNoSchedule"],
  "NodeSelectorRequirement.operator": ["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"],
  "LabelSelectorRequirement.operator": ["DoesNotExist", "Exists", "In", "NotIn"],
  "TopologySpreadConstraint.whenUnsatisfiable": ["DoNotSchedule", "ScheduleAnyway"],
  "ServiceSpec.type": ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
  "ServiceSpec.sessionAffinity": ["ClientIP", "None"],
  "ServiceSpec.externalTrafficPolicy": ["Cluster", "Local"],
  "ServiceSpec.internalTrafficPolicy": ["Cluster", "Local"],
  "ServiceSpec.ipFamilyPolicy": ["PreferDualStack", "RequireDualStack", "SingleStack"],
  "ServicePort.protocol": ["SCTP", "TCP", "UDP"],
  "DeploymentStrategy.type": ["Recreate", "RollingUpdate"],
  "StatefulSetSpec.podManagementPolicy": ["OrderedReady", "Parallel"],
  "StatefulSetUpdateStrategy.type": ["OnDelete", "RollingUpdate"],
  "StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted": ["Delete", "Retain"],
  "StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled": ["Delete", "Retain"],
  "DaemonSetUpdateStrategy.type": ["OnDelete", "RollingUpdate"],
  "PersistentVolumeSpec.persistentVolumeReclaimPolicy": ["Delete", "Recycle", "Retain"],
  "PersistentVolumeSpec.accessModes": ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"],
  "PersistentVolumeSpec.volumeMode": ["Block", "Filesystem"],
  "PersistentVolumeClaimSpec.accessModes": ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"],
  "PersistentVolumeClaimSpec.volumeMode": ["Block", "Filesystem"],
  "StorageClass.reclaimPolicy": ["Delete", "Retain"],
  "StorageClass.volumeBindingMode": ["Immediate", "WaitForFirstConsumer"],
  "JobSpec.completionMode": ["Indexed", "NonIndexed"],
  "JobSpec.podReplacementPolicy": ["Failed", "TerminatingOrFailed"],
  "PodFailurePolicyRule.action": ["Count", "FailIndex", "FailJob", "Ignore"],
  "PodFailurePolicyOnExitCodesRequirement.operator": ["In", "NotIn"],
  "CronJobSpec.concurrencyPolicy": ["Allow", "Forbid", "Replace"],
  "Lifecycle.stopSignal": ["SIGABRT", "SIGALRM", "SIGBUS", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGFPE", "SIGHUP", "SIGINT", "SIGKILL", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"],
  "SeccompProfile.type": ["Localhost", "RuntimeDefault", "Unconfined"],
  "AppArmorProfile.type": ["Localhost", "RuntimeDefault", "Unconfined"],
  "SecurityContext.procMount": ["Default", "Unmasked"],
  "HTTPIngressPath.pathType": ["Exact", "ImplementationSpecific", "Prefix"],
  "EndpointSlice.addressType": ["FQDN", "IPv4", "IPv6"],
  "Secret.type": [
    "Opaque",
    "kubernetes.io/basic-auth",
    "kubernetes.io/dockerconfigjson",
    "kubernetes.io/service-account-token",
    "kubernetes.io/ssh-auth",
    "kubernetes.io/tls",
  ],
};

/** The values a field of a type may have; empty when any will do. For lists, the values of each element. */
export function enumOf(type: string, field: string): readonly string[] {
  const key = `${type}.${field}`;
  return Object.hasOwn(enums, key) ? (enums[key] ?? []) : [];
}

/** Fields whose values the API's own documentation does not list. */
const UNLISTED: ReadonlySet<string> = new Set(["LabelSelectorRequirement.operator", "EmptyDirVolumeSource.medium"]);

/** The values documentation lists for a field. */
export function listedEnumOf(type: string, field: string): readonly string[] {
  return UNLISTED.has(`${type}.${field}`) ? [] : enumOf(type, field);
}
