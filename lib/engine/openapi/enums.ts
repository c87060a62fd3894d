const PULL = ["Always", "IfNotPresent", "Never"];
const MESSAGE_FROM = ["FallbackToLogsOnError", "File"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const MODES = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];
const SCOPES = ["BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating", "VolumeAttributesClass"];
const SELECTING = ["DoesNotExist", "Exists", "In", "NotIn"];
const METRICS = ["ContainerResource", "External", "Object", "Pods", "Resource"];
const FAILING = ["Fail", "Ignore"];
const MATCHING = ["Equivalent", "Exact"];
const SIDE_EFFECTS = ["None", "NoneOnDryRun", "Some", "Unknown"];
const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"];
const SIGNALS = (
  "ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT " +
  "RTMAX RTMAX-1 RTMAX-10 RTMAX-11 RTMAX-12 RTMAX-13 RTMAX-14 RTMAX-2 RTMAX-3 RTMAX-4 RTMAX-5 RTMAX-6 RTMAX-7 RTMAX-8 RTMAX-9 " +
  "RTMIN RTMIN+1 RTMIN+10 RTMIN+11 RTMIN+12 RTMIN+13 RTMIN+14 RTMIN+15 RTMIN+2 RTMIN+3 RTMIN+4 RTMIN+5 RTMIN+6 RTMIN+7 RTMIN+8 RTMIN+9 " +
  "SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ"
)
  .split(" ")
  .map((name) => `SIG${name}`);

/** Fields with few possible values, for completion and explanation. Validation has its own words for each. */
const enums: Readonly<Record<string, readonly string[]>> = {
  "PodSpec.restartPolicy": ["Always", "Never", "OnFailure"],
  "PodSpec.dnsPolicy": ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"],
  "PodSpec.preemptionPolicy": ["Never", "PreemptLowerPriority"],
  "Container.imagePullPolicy": PULL,
  "Container.terminationMessagePolicy": MESSAGE_FROM,
  "ContainerPort.protocol": PROTOCOLS,
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
  "LabelSelectorRequirement.operator": SELECTING,
  "TopologySpreadConstraint.whenUnsatisfiable": ["DoNotSchedule", "ScheduleAnyway"],
  "ServiceSpec.type": ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"],
  "ServiceSpec.sessionAffinity": ["ClientIP", "None"],
  "ServiceSpec.externalTrafficPolicy": ["Cluster", "Local"],
  "ServiceSpec.internalTrafficPolicy": ["Cluster", "Local"],
  "ServiceSpec.ipFamilyPolicy": ["PreferDualStack", "RequireDualStack", "SingleStack"],
  "ServicePort.protocol": PROTOCOLS,
  "DeploymentStrategy.type": ["Recreate", "RollingUpdate"],
  "StatefulSetSpec.podManagementPolicy": ["OrderedReady", "Parallel"],
  "StatefulSetUpdateStrategy.type": ["OnDelete", "RollingUpdate"],
  "StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted": ["Delete", "Retain"],
  "StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled": ["Delete", "Retain"],
  "DaemonSetUpdateStrategy.type": ["OnDelete", "RollingUpdate"],
  "PersistentVolumeSpec.persistentVolumeReclaimPolicy": ["Delete", "Recycle", "Retain"],
  "PersistentVolumeSpec.accessModes": MODES,
  "PersistentVolumeSpec.volumeMode": ["Block", "Filesystem"],
  "PersistentVolumeClaimSpec.accessModes": MODES,
  "PersistentVolumeClaimSpec.volumeMode": ["Block", "Filesystem"],
  "StorageClass.reclaimPolicy": ["Delete", "Retain"],
  "StorageClass.volumeBindingMode": ["Immediate", "WaitForFirstConsumer"],
  "JobSpec.completionMode": ["Indexed", "NonIndexed"],
  "JobSpec.podReplacementPolicy": ["Failed", "TerminatingOrFailed"],
  "PodFailurePolicyRule.action": ["Count", "FailIndex", "FailJob", "Ignore"],
  "PodFailurePolicyOnExitCodesRequirement.operator": ["In", "NotIn"],
  "CronJobSpec.concurrencyPolicy": ["Allow", "Forbid", "Replace"],
  "Lifecycle.stopSignal": SIGNALS,
  "SeccompProfile.type": ["Localhost", "RuntimeDefault", "Unconfined"],
  "AppArmorProfile.type": ["Localhost", "RuntimeDefault", "Unconfined"],
  "SecurityContext.procMount": ["Default", "Unmasked"],
  "HTTPIngressPath.pathType": ["Exact", "ImplementationSpecific", "Prefix"],
  "EndpointSlice.addressType": ["FQDN", "IPv4", "IPv6"],
  "ContainerStatus.stopSignal": SIGNALS,
  "EphemeralContainer.imagePullPolicy": PULL,
  "EphemeralContainer.terminationMessagePolicy": MESSAGE_FROM,
  "ImageVolumeSource.pullPolicy": PULL,
  "PodStatus.phase": ["Failed", "Pending", "Running", "Succeeded", "Unknown"],
  "PodStatus.qosClass": ["BestEffort", "Burstable", "Guaranteed"],
  "NodeStatus.phase": ["Pending", "Running", "Terminated"],
  "NamespaceStatus.phase": ["Active", "Terminating"],
  "PersistentVolumeStatus.phase": ["Available", "Bound", "Failed", "Pending", "Released"],
  "PersistentVolumeClaimStatus.phase": ["Bound", "Lost", "Pending"],
  "PersistentVolumeClaimStatus.accessModes": MODES,
  "ModifyVolumeStatus.status": ["InProgress", "Infeasible", "Pending"],
  "EndpointPort.protocol": PROTOCOLS,
  "DiscoveryV1EndpointPort.protocol": PROTOCOLS,
  "PortStatus.protocol": PROTOCOLS,
  "IngressPortStatus.protocol": PROTOCOLS,
  "NetworkPolicyPort.protocol": PROTOCOLS,
  "NetworkPolicySpec.policyTypes": ["Egress", "Ingress"],
  "ServiceSpec.ipFamilies": ["", "IPv4", "IPv6"],
  "ResourceQuotaSpec.scopes": SCOPES,
  "ScopedResourceSelectorRequirement.scopeName": SCOPES,
  "ScopedResourceSelectorRequirement.operator": SELECTING,
  "PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": ["AlwaysAllow", "IfHealthyBudget"],
  "MetricSpec.type": METRICS,
  "MetricStatus.type": METRICS,
  "CertificateSigningRequestSpec.usages": ("any|cert sign|client auth|code signing|content commitment|crl sign|data encipherment|decipher only|digital signature|email protection|encipher only|" +
    "ipsec end system|ipsec tunnel|ipsec user|key agreement|key encipherment|microsoft sgc|netscape sgc|ocsp signing|s/mime|server auth|signing|timestamping").split("|"),
  "RuleWithOperations.operations": OPERATIONS,
  "NamedRuleWithOperations.operations": OPERATIONS,
  "RuleWithOperations.scope": ["*", "Cluster", "Namespaced"],
  "NamedRuleWithOperations.scope": ["*", "Cluster", "Namespaced"],
  "ValidatingWebhook.failurePolicy": FAILING,
  "ValidatingWebhook.matchPolicy": MATCHING,
  "ValidatingWebhook.sideEffects": SIDE_EFFECTS,
  "MutatingWebhook.failurePolicy": FAILING,
  "MutatingWebhook.matchPolicy": MATCHING,
  "MutatingWebhook.sideEffects": SIDE_EFFECTS,
  "MutatingWebhook.reinvocationPolicy": ["IfNeeded", "Never"],
  "MatchResources.matchPolicy": MATCHING,
  "ValidatingAdmissionPolicySpec.failurePolicy": FAILING,
  "ValidatingAdmissionPolicyBindingSpec.validationActions": ["Audit", "Deny", "Warn"],
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
const UNLISTED: ReadonlySet<string> = new Set([
  "LabelSelectorRequirement.operator",
  "EmptyDirVolumeSource.medium",
  "Secret.type",
  "StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted",
  "StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled",
]);

/** The values documentation lists for a field. */
export function listedEnumOf(type: string, field: string): readonly string[] {
  return UNLISTED.has(`${type}.${field}`) ? [] : enumOf(type, field);
}
