/** Which fields vanish when they are empty: what upstream keeps behind a pointer stays, what it keeps as a plain value goes. Upstream: the types' Go fields and tags. */

/** Texts that are pointers wherever they occur. */
const KEPT_TEXT: ReadonlySet<string> = new Set(
  "storageClassName ingressClassName runtimeClassName loadBalancerClass ipFamilyPolicy volumeAttributesClassName appProtocol service trafficDistribution nodeName zone hostnameOverride value".split(" "),
);
/** Truths that are plain values: `false` is the same as absent. */
const PLAIN_TRUTH: ReadonlySet<string> = new Set(
  "paused hostNetwork hostPID hostIPC stdin stdinOnce tty publishNotReadyAddresses unschedulable readOnly ready globalDefault".split(" "),
);
/** Whole numbers that are plain values: zero is the same as absent. */
const PLAIN_NUMBER: ReadonlySet<string> = new Set(
  "minReadySeconds initialDelaySeconds timeoutSeconds periodSeconds successThreshold failureThreshold hostPort nodePort healthCheckNodePort observedGeneration unavailableReplicas updatedReplicas readyReplicas fullyLabeledReplicas currentReplicas numberUnavailable updatedNumberScheduled numberAvailable active".split(" "),
);

/** `Type:field,field Type:field` as names of fields. */
function fieldsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(" ").flatMap((entry) => {
    const [type, fields] = entry.split(":");
    return (fields ?? "").split(",").map((field) => `${type}.${field}`);
  }));
}

/** Pointers that the names above take for plain values. */
const POINTERS: ReadonlySet<string> = fieldsOf(
  "AppArmorProfile:localhostProfile AutoscalingV1HorizontalPodAutoscalerStatus:observedGeneration " +
  "AzureDiskVolumeSource:cachingMode,fsType,kind,readOnly AzureFilePersistentVolumeSource:secretNamespace CSIDriverSpec:fsGroupPolicy " +
  "CSIVolumeSource:fsType,readOnly ClientIPConfig:timeoutSeconds ClusterTrustBundleProjection:name,signerName Container:restartPolicy " +
  "ContainerStatus:ready,stopSignal CronJobSpec:timeZone DiscoveryV1EndpointPort:name,protocol Endpoint:hostname EndpointConditions:ready " +
  "GlusterfsPersistentVolumeSource:endpointsNamespace HPAScalingRules:policies,selectPolicy HorizontalPodAutoscalerStatus:observedGeneration " +
  "HostPathVolumeSource:type ISCSIPersistentVolumeSource:initiatorName ISCSIVolumeSource:initiatorName " +
  "IngressClassParametersReference:apiGroup,namespace,scope IngressPortStatus:error JobSpec:completionMode,managedBy,podReplacementPolicy " +
  "JobStatus:failedIndexes LeaseSpec:holderIdentity,preferredHolder,strategy Lifecycle:stopSignal LoadBalancerIngress:ipMode LocalVolumeSource:fsType " +
  "MatchResources:matchPolicy MutatingWebhook:failurePolicy,matchPolicy,reinvocationPolicy,timeoutSeconds NetworkPolicyPort:protocol " +
  "ParamRef:parameterNotFoundAction PersistentVolumeClaimSpec:volumeMode PersistentVolumeClaimStatus:currentVolumeAttributesClassName " +
  "PersistentVolumeClaimVolumeSource:claimName PersistentVolumeSpec:volumeMode PodDNSConfigOption:value " +
  "PodDisruptionBudgetSpec:unhealthyPodEvictionPolicy PodFailurePolicyOnExitCodesRequirement:containerName " +
  "PodResourceClaim:resourceClaimName,resourceClaimTemplateName PodResourceClaimStatus:resourceClaimName PodSchedulingGroup:podGroupName " +
  "PodSecurityContext:fsGroupChangePolicy,seLinuxChangePolicy,supplementalGroupsPolicy PodSpec:preemptionPolicy PortStatus:error " +
  "PriorityClass:preemptionPolicy ResourceHealth:message SeccompProfile:localhostProfile SecurityContext:procMount ServiceReference:path " +
  "ServiceSpec:internalTrafficPolicy StorageClass:reclaimPolicy,volumeBindingMode SuccessPolicyRule:succeededIndexes " +
  "TopologySpreadConstraint:nodeAffinityPolicy,nodeTaintsPolicy TypedLocalObjectReference:apiGroup TypedObjectReference:apiGroup,namespace " +
  "ValidatingAdmissionPolicySpec:failurePolicy ValidatingWebhook:failurePolicy,matchPolicy,timeoutSeconds Validation:reason " +
  "VolumeAttachmentSource:persistentVolumeName VolumeMount:mountPropagation,recursiveReadOnly VolumeMountStatus:recursiveReadOnly " +
  "WebhookClientConfig:url WindowsSecurityContextOptions:gmsaCredentialSpec,gmsaCredentialSpecName,runAsUserName",
);

/** Plain values that the names above take for pointers. */
const PLAIN: ReadonlySet<string> = fieldsOf(
  "AWSElasticBlockStoreVolumeSource:partition GCEPersistentDiskVolumeSource:partition ISCSIPersistentVolumeSource:chapAuthDiscovery,chapAuthSession " +
  "ISCSIVolumeSource:chapAuthDiscovery,chapAuthSession PersistentVolumeSpec:storageClassName PodSpec:nodeName ScaleIOPersistentVolumeSource:sslEnabled " +
  "ScaleIOVolumeSource:sslEnabled ServiceBackendPort:number",
);

/** Does an empty text, truth or number in this optional field say nothing? For lists and maps: is this one not an exception. */
export function vanishes(owner: string, field: string, value: unknown): boolean {
  const name = `${owner}.${field}`;
  if (POINTERS.has(name)) return false;
  if (value === "") return PLAIN.has(name) || (field === "value" ? owner === "EnvVar" || owner === "Toleration" || owner === "Taint" : !KEPT_TEXT.has(field));
  if (value === false) return PLAIN.has(name) || (PLAIN_TRUTH.has(field) && !owner.endsWith("Status"));
  return value !== 0 || PLAIN.has(name) || PLAIN_NUMBER.has(field);
}
