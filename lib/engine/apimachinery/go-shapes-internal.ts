/**
 * The shapes of what the API server keeps in memory where they differ from the API's own: the same text as in go-shapes.ts.
 * Facts of pkg/apis/core/types.go 1.36.
 */
export const goInternalShapes: Readonly<Record<string, string>> = {
  "core.PodSpec":
    "Volumes volumes []v1.Volume,InitContainers initContainers []v1.Container,Containers containers []v1.Container,EphemeralContainers ephemeralContainers []v1.EphemeralContainer,RestartPolicy restartPolicy string,TerminationGracePeriodSeconds terminationGracePeriodSeconds *int64,ActiveDeadlineSeconds activeDeadlineSeconds *int64,DNSPolicy dnsPolicy string,NodeSelector nodeSelector map[string]string,ServiceAccountName serviceAccountName string,AutomountServiceAccountToken automountServiceAccountToken *bool,NodeName nodeName string,SecurityContext securityContext *v1.PodSecurityContext,ImagePullSecrets imagePullSecrets []v1.LocalObjectReference,Hostname hostname string,Subdomain subdomain string,SetHostnameAsFQDN setHostnameAsFQDN *bool,Affinity affinity *v1.Affinity,SchedulerName schedulerName string,Tolerations tolerations []v1.Toleration,HostAliases hostAliases []v1.HostAlias,PriorityClassName priorityClassName string,Priority priority *int32,PreemptionPolicy preemptionPolicy *string,DNSConfig dnsConfig *v1.PodDNSConfig,ReadinessGates readinessGates []v1.PodReadinessGate,RuntimeClassName runtimeClassName *string,Overhead overhead v1.ResourceList,EnableServiceLinks enableServiceLinks *bool,TopologySpreadConstraints topologySpreadConstraints []v1.TopologySpreadConstraint,OS os *v1.PodOS,SchedulingGates schedulingGates []v1.PodSchedulingGate,ResourceClaims resourceClaims []v1.PodResourceClaim,Resources resources *v1.ResourceRequirements,HostnameOverride hostnameOverride *string,SchedulingGroup schedulingGroup *v1.PodSchedulingGroup",
  "v1.PodSecurityContext":
    "HostNetwork hostNetwork bool,HostPID hostPID bool,HostIPC hostIPC bool,ShareProcessNamespace shareProcessNamespace *bool,HostUsers hostUsers *bool,SELinuxOptions seLinuxOptions *v1.SELinuxOptions,WindowsOptions windowsOptions *v1.WindowsSecurityContextOptions,RunAsUser runAsUser *int64,RunAsGroup runAsGroup *int64,RunAsNonRoot runAsNonRoot *bool,SupplementalGroups supplementalGroups []int64,SupplementalGroupsPolicy supplementalGroupsPolicy *string,FSGroup fsGroup *int64,FSGroupChangePolicy fsGroupChangePolicy *string,Sysctls sysctls []v1.Sysctl,SeccompProfile seccompProfile *v1.SeccompProfile,AppArmorProfile appArmorProfile *v1.AppArmorProfile,SELinuxChangePolicy seLinuxChangePolicy *string",
  "v1.VolumeSource":
    "HostPath hostPath *v1.HostPathVolumeSource,EmptyDir emptyDir *v1.EmptyDirVolumeSource,GCEPersistentDisk gcePersistentDisk *core.GCE,AWSElasticBlockStore awsElasticBlockStore *core.AWS,GitRepo gitRepo *v1.GitRepoVolumeSource,Secret secret *v1.SecretVolumeSource,NFS nfs *v1.NFSVolumeSource,ISCSI iscsi *core.ISCSI,Glusterfs glusterfs *core.Glusterfs,PersistentVolumeClaim persistentVolumeClaim *v1.PersistentVolumeClaimVolumeSource,RBD rbd *core.RBD,Quobyte quobyte *core.Quobyte,FlexVolume flexVolume *core.Flex,Cinder cinder *core.Cinder,CephFS cephfs *core.CephFS,Flocker flocker *core.Flocker,DownwardAPI downwardAPI *v1.DownwardAPIVolumeSource,FC fc *core.FC,AzureFile azureFile *core.AzureFile,ConfigMap configMap *v1.ConfigMapVolumeSource,VsphereVolume vsphereVolume *core.Vsphere,AzureDisk azureDisk *core.AzureDisk,PhotonPersistentDisk photonPersistentDisk *core.Photon,Projected projected *v1.ProjectedVolumeSource,PortworxVolume portworxVolume *core.Portworx,ScaleIO scaleIO *core.ScaleIO,StorageOS storageos *core.StorageOS,CSI csi *v1.CSIVolumeSource,Ephemeral ephemeral *v1.EphemeralVolumeSource,Image image *v1.ImageVolumeSource",
  "core.PersistentVolumeSource":
    "GCEPersistentDisk gcePersistentDisk *core.GCE,AWSElasticBlockStore awsElasticBlockStore *core.AWS,HostPath hostPath *v1.HostPathVolumeSource,Glusterfs glusterfs *core.GlusterfsPV,NFS nfs *v1.NFSVolumeSource,RBD rbd *core.RBDPV,Quobyte quobyte *core.Quobyte,ISCSI iscsi *core.ISCSIPV,FlexVolume flexVolume *core.FlexPV,Cinder cinder *core.CinderPV,CephFS cephfs *core.CephFSPV,FC fc *core.FC,Flocker flocker *core.Flocker,AzureFile azureFile *core.AzureFilePV,VsphereVolume vsphereVolume *core.Vsphere,AzureDisk azureDisk *core.AzureDisk,PhotonPersistentDisk photonPersistentDisk *core.Photon,PortworxVolume portworxVolume *core.Portworx,ScaleIO scaleIO *core.ScaleIOPV,Local local *core.Local,StorageOS storageos *core.StorageOSPV,CSI csi *core.CSIPV",
  "core.GCE": "PDName pdName string,FSType fsType string,Partition partition int32,ReadOnly readOnly bool",
  "core.AWS": "VolumeID volumeID string,FSType fsType string,Partition partition int32,ReadOnly readOnly bool",
  "core.ISCSI":
    "TargetPortal targetPortal string,IQN iqn string,Lun lun int32,ISCSIInterface iscsiInterface string,FSType fsType string,ReadOnly readOnly bool,Portals portals []string,DiscoveryCHAPAuth chapAuthDiscovery bool,SessionCHAPAuth chapAuthSession bool,SecretRef secretRef *v1.LocalObjectReference,InitiatorName initiatorName *string",
  "core.ISCSIPV":
    "TargetPortal targetPortal string,IQN iqn string,Lun lun int32,ISCSIInterface iscsiInterface string,FSType fsType string,ReadOnly readOnly bool,Portals portals []string,DiscoveryCHAPAuth chapAuthDiscovery bool,SessionCHAPAuth chapAuthSession bool,SecretRef secretRef *core.SecretReference,InitiatorName initiatorName *string",
  "core.Glusterfs": "EndpointsName endpoints string,Path path string,ReadOnly readOnly bool",
  "core.GlusterfsPV": "EndpointsName endpoints string,Path path string,ReadOnly readOnly bool,EndpointsNamespace endpointsNamespace *string",
  "core.RBD": "CephMonitors monitors []string,RBDImage image string,FSType fsType string,RBDPool pool string,RadosUser user string,Keyring keyring string,SecretRef secretRef *v1.LocalObjectReference,ReadOnly readOnly bool",
  "core.RBDPV": "CephMonitors monitors []string,RBDImage image string,FSType fsType string,RBDPool pool string,RadosUser user string,Keyring keyring string,SecretRef secretRef *core.SecretReference,ReadOnly readOnly bool",
  "core.Quobyte": "Registry registry string,Volume volume string,ReadOnly readOnly bool,User user string,Group group string,Tenant tenant string",
  "core.Flex": "Driver driver string,FSType fsType string,SecretRef secretRef *v1.LocalObjectReference,ReadOnly readOnly bool,Options options map[string]string",
  "core.FlexPV": "Driver driver string,FSType fsType string,SecretRef secretRef *core.SecretReference,ReadOnly readOnly bool,Options options map[string]string",
  "core.Cinder": "VolumeID volumeID string,FSType fsType string,ReadOnly readOnly bool,SecretRef secretRef *v1.LocalObjectReference",
  "core.CinderPV": "VolumeID volumeID string,FSType fsType string,ReadOnly readOnly bool,SecretRef secretRef *core.SecretReference",
  "core.CephFS": "Monitors monitors []string,Path path string,User user string,SecretFile secretFile string,SecretRef secretRef *v1.LocalObjectReference,ReadOnly readOnly bool",
  "core.CephFSPV": "Monitors monitors []string,Path path string,User user string,SecretFile secretFile string,SecretRef secretRef *core.SecretReference,ReadOnly readOnly bool",
  "core.FC": "TargetWWNs targetWWNs []string,Lun lun *int32,FSType fsType string,ReadOnly readOnly bool,WWIDs wwids []string",
  "core.Flocker": "DatasetName datasetName string,DatasetUUID datasetUUID string",
  "core.AzureFile": "SecretName secretName string,ShareName shareName string,ReadOnly readOnly bool",
  "core.AzureFilePV": "SecretName secretName string,ShareName shareName string,ReadOnly readOnly bool,SecretNamespace secretNamespace *string",
  "core.Vsphere": "VolumePath volumePath string,FSType fsType string,StoragePolicyName storagePolicyName string,StoragePolicyID storagePolicyID string",
  "core.AzureDisk": "DiskName diskName string,DataDiskURI diskURI string,CachingMode cachingMode *string,FSType fsType *string,ReadOnly readOnly *bool,Kind kind *string",
  "core.Photon": "PdID pdID string,FSType fsType string",
  "core.Portworx": "VolumeID volumeID string,FSType fsType string,ReadOnly readOnly bool",
  "core.ScaleIO":
    "Gateway gateway string,System system string,SecretRef secretRef *v1.LocalObjectReference,SSLEnabled sslEnabled bool,ProtectionDomain protectionDomain string,StoragePool storagePool string,StorageMode storageMode string,VolumeName volumeName string,FSType fsType string,ReadOnly readOnly bool",
  "core.ScaleIOPV":
    "Gateway gateway string,System system string,SecretRef secretRef *core.SecretReference,SSLEnabled sslEnabled bool,ProtectionDomain protectionDomain string,StoragePool storagePool string,StorageMode storageMode string,VolumeName volumeName string,FSType fsType string,ReadOnly readOnly bool",
  "core.Local": "Path path string,FSType fsType *string",
  "core.StorageOS": "VolumeName volumeName string,VolumeNamespace volumeNamespace string,FSType fsType string,ReadOnly readOnly bool,SecretRef secretRef *v1.LocalObjectReference",
  "core.StorageOSPV": "VolumeName volumeName string,VolumeNamespace volumeNamespace string,FSType fsType string,ReadOnly readOnly bool,SecretRef secretRef *core.ObjectReference",
  "core.CSIPV":
    "Driver driver string,VolumeHandle volumeHandle string,ReadOnly readOnly bool,FSType fsType string,VolumeAttributes volumeAttributes map[string]string,ControllerPublishSecretRef controllerPublishSecretRef *core.SecretReference,NodeStageSecretRef nodeStageSecretRef *core.SecretReference,NodePublishSecretRef nodePublishSecretRef *core.SecretReference,ControllerExpandSecretRef controllerExpandSecretRef *core.SecretReference,NodeExpandSecretRef nodeExpandSecretRef *core.SecretReference",
  "core.SecretReference": "Name name string,Namespace namespace string",
  "core.ObjectReference": "Kind kind string,Namespace namespace string,Name name string,UID uid string,APIVersion apiVersion string,ResourceVersion resourceVersion string,FieldPath fieldPath string",
  // Each source takes six lines more than its pointers would: told by the line numbers of recorded refusals.
  "v1.VolumeProjection":
    "Secret secret *v1.SecretProjection,DownwardAPI downwardAPI *v1.DownwardAPIProjection,ConfigMap configMap *v1.ConfigMapProjection,ServiceAccountToken serviceAccountToken *v1.ServiceAccountTokenProjection,ClusterTrustBundle clusterTrustBundle core.ClusterTrustBundle,PodCertificate podCertificate *core.PodCertificate",
  "core.ClusterTrustBundle": "Name name *string,SignerName signerName *string,LabelSelector labelSelector *v1.LabelSelector,Optional optional *bool,Path path string",
  "core.PodCertificate":
    "SignerName signerName string,KeyType keyType string,MaxExpirationSeconds maxExpirationSeconds *int32,CredentialBundlePath credentialBundlePath string,KeyPath keyPath string,CertificateChainPath certificateChainPath string,UserAnnotations userAnnotations map[string]string",
  "v1.VolumeMount":
    "Name name string,ReadOnly readOnly bool,RecursiveReadOnly recursiveReadOnly *string,MountPath mountPath string,SubPath subPath string,MountPropagation mountPropagation *string,SubPathExpr subPathExpr string",
};
