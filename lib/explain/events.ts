import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** What became of disks and claims: binding, provisioning, attaching, mounting, growing. By an Event's `reason`. */
const storageEvents: Readonly<Record<string, Text>> = {
  FailedBinding: sentence("{name} no tiene todavía volumen: ningún PV libre encaja, o el que pide ya es de otra solicitud. Deben coincidir clase, modo de acceso y tamaño.", "{name} has no volume yet: no free PV matches, or the one it asks for belongs to another claim. Class, access mode and size must agree."),
  VolumeMismatch: sentence("{name} y el volumen que pide no encajan: {message}. Corrige uno de los dos y se enlazarán.", "{name} and the volume it asks for do not match: {message}. Correct one of the two and they will be bound."),
  ClaimLost: sentence("La solicitud {name} estaba enlazada y su volumen ha desaparecido: los datos se han perdido. Restáuralos de una copia en una solicitud nueva.", "Claim {name} was bound and its volume is gone: the data is lost. Restore it from a backup into a new claim."),
  ClaimMisbound: sentence("Dos solicitudes dicen ser dueñas del mismo volumen, y el volumen es de la otra. Crea {name} de nuevo para que reciba el suyo.", "Two claims say they own the same volume, and the volume belongs to the other one. Create {name} again so that it gets its own."),
  WaitForFirstConsumer: sentence("La clase de {name} espera al primer consumidor: no habrá volumen hasta que un pod lo use, para hacerlo donde vaya el pod. No es un error.", "The class of {name} waits for its first consumer: there will be no volume until a pod uses it, so that it is made where the pod goes. This is not an error."),
  WaitForPodScheduled: sentence("El pod que usa {name} todavía no tiene nodo; en cuanto lo tenga se hará el volumen a su alcance.", "The pod that uses {name} has no node yet; once it has, the volume is made within its reach."),
  Provisioning: sentence("El aprovisionador está fabricando un volumen para {name}.", "The provisioner is making a volume for {name}."),
  ExternalProvisioning: sentence("{name} espera a que el aprovisionador de su clase le haga un volumen. Si tarda, comprueba que ese aprovisionador está en marcha.", "{name} waits for the provisioner of its class to make it a volume. If that takes long, check that the provisioner runs."),
  ProvisioningSucceeded: sentence("El aprovisionador ha hecho un volumen a la medida de {name}.", "The provisioner has made a volume to the measure of {name}."),
  ProvisioningFailed: sentence("No se pudo fabricar el volumen de {name}: {message}. Suele ser una StorageClass que no existe o un modo de acceso que ese disco no admite.", "The volume of {name} could not be made: {message}. Usually the StorageClass does not exist or the disk does not support that access mode."),
  VolumeFailedDelete: sentence("El volumen {name} se debía borrar al soltarlo su solicitud, pero nadie sabe borrarlo: {message}. Bórralo a mano, o usa la política Retain.", "Volume {name} was to be deleted when its claim let it go, but nobody knows how: {message}. Delete it by hand, or use the Retain policy."),
  VolumeFailedRecycle: sentence("El volumen {name} no se puede reciclar: {message}. La política Recycle está retirada; usa Retain o Delete.", "Volume {name} cannot be recycled: {message}. The Recycle policy is retired; use Retain or Delete."),
  FailedAttachVolume: sentence("El disco no se puede conectar al nodo de {name}: {message}. Un disco de bloque (ReadWriteOnce) solo está en una máquina a la vez; si la anterior ha caído, hay que darla por perdida (taint out-of-service) o esperar.", "The disk cannot be attached to the node of {name}: {message}. A block disk (ReadWriteOnce) is on one machine at a time; if the previous one has died, declare it lost (out-of-service taint) or wait."),
  SuccessfulAttachVolume: sentence("El disco ya está conectado al nodo de {name}; ahora el kubelet lo montará.", "The disk is attached to the node of {name}; now the kubelet will mount it."),
  FailedMount: sentence("El kubelet no puede montar un volumen de {name}, así que sus contenedores no arrancan: {message}. Comprueba que existe lo que nombra (ConfigMap, Secret, ruta o servidor).", "The kubelet cannot mount a volume of {name}, so its containers do not start: {message}. Check that what it names exists (ConfigMap, Secret, path or server)."),
  EphemeralVolumeConflict: sentence("El volumen efímero de {name} necesita una solicitud con un nombre que ya está cogido. Borra la que sobra o cambia el nombre.", "The ephemeral volume of {name} needs a claim whose name is taken. Delete the other one or change the name."),
  ExternalExpanding: sentence("{name} ha pedido crecer y espera a que el controlador de su disco lo amplíe.", "{name} asked to grow and waits for its disk's controller to enlarge it."),
  Resizing: sentence("Se está ampliando el disco de {name}.", "The disk of {name} is being enlarged."),
  FileSystemResizeRequired: sentence("El disco de {name} ya es mayor; falta ampliar el sistema de ficheros, que se hace en el nodo al montarlo.", "The disk of {name} is larger now; its file system still has to grow, which happens on the node when it is mounted."),
  FileSystemResizeSuccessful: sentence("El sistema de ficheros de {name} ha crecido hasta llenar el disco.", "The file system of {name} has grown to fill the disk."),
  VolumeResizeSuccessful: sentence("{name} tiene ya el tamaño que pedía.", "{name} now has the size it asked for."),
  VolumeResizeFailed: sentence("El disco de {name} no se pudo ampliar: {message}. Mira si su clase tiene allowVolumeExpansion.", "The disk of {name} could not be enlarged: {message}. See whether its class has allowVolumeExpansion."),
};

/** What happened to pods and their machines. */
const podEvents: Readonly<Record<string, Text>> = {
  FailedScheduling: sentence("El planificador no encuentra nodo para {name}: {message}. El pod se queda Pending y lo intentará otra vez cuando algo cambie.", "The scheduler finds no node for {name}: {message}. The pod stays Pending and is tried again when something changes."),
  Preempted: sentence("{name} ha tenido que dejar su sitio a un pod de más prioridad.", "{name} had to give up its place to a pod of higher priority."),
  FailedCreatePodSandBox: sentence("No se puede preparar la red de {name}: {message}. Suele ser el plugin de red o que al nodo no le quedan direcciones.", "The network of {name} cannot be set up: {message}. It is usually the network plugin, or the node has run out of addresses."),
  Failed: sentence("Un contenedor de {name} no pudo arrancar: {message}. Comprueba la imagen, la orden y la configuración que nombra.", "A container of {name} could not start: {message}. Check its image, its command and the configuration it names."),
  BackOff: sentence("Algo de {name} falla una y otra vez y el kubelet espera cada vez más antes de repetirlo: {message}. Mira los eventos anteriores y kubectl logs --previous.", "Something of {name} fails again and again and the kubelet waits longer each time: {message}. Look at earlier events and kubectl logs --previous."),
  InspectFailed: sentence("El nombre de la imagen de {name} no se entiende: {message}. Un nombre es registro/ruta:etiqueta, en minúsculas.", "The image name of {name} cannot be read: {message}. A name is registry/path:tag, in lower case."),
  ErrImageNeverPull: sentence("{name} pide no descargar nunca su imagen y el nodo no la tiene. Cambia imagePullPolicy o lleva la imagen al nodo.", "{name} says never to pull its image and the node does not have it. Change imagePullPolicy or bring the image to the node."),
  Unhealthy: sentence("Una sonda de {name} no pasa: {message}. Comprueba ruta y puerto, y si necesita más tiempo para arrancar.", "A probe of {name} fails: {message}. Check path and port, and whether it needs more time to start."),
  FailedPostStartHook: sentence("El gancho postStart de {name} falló y su contenedor se reinicia: {message}.", "The postStart hook of {name} failed and its container is restarted: {message}."),
  FailedPreStopHook: sentence("El gancho preStop de {name} falló: {message}. El contenedor se para de todas formas.", "The preStop hook of {name} failed: {message}. The container is stopped all the same."),
  Evicted: sentence("El kubelet ha desalojado {name} porque a la máquina le falta algo: {message}. Pon requests y límites realistas.", "The kubelet has evicted {name} because its machine ran short: {message}. Set realistic requests and limits."),
  EvictionThresholdMet: sentence("La máquina {name} se está quedando sin sitio o sin memoria y va a desalojar pods: {message}.", "Machine {name} is running out of room or memory and will evict pods: {message}."),
  FreeDiskSpaceFailed: sentence("La máquina {name} no ha podido liberar disco: {message}.", "Machine {name} could not free disk space: {message}."),
  SystemOOM: sentence("La máquina {name} se ha quedado sin memoria y el núcleo ha matado un proceso: {message}.", "Machine {name} ran out of memory and the kernel killed a process: {message}."),
  NodeNotReady: sentence("El nodo de {name} ha dejado de contestar: el pod sale de los Services y, si el nodo no vuelve, será desalojado.", "The node of {name} has stopped answering: the pod leaves its Services and, if the node does not come back, will be evicted."),
  TaintManagerEviction: sentence("El nodo de {name} tiene un taint que el pod no tolera (más tiempo), así que se borra de ahí.", "The node of {name} has a taint the pod does not tolerate (any longer), so it is deleted from there."),
  ResizeError: sentence("No se puede cambiar el tamaño de {name} en marcha: {message}.", "{name} cannot be resized while it runs: {message}."),
  NetworkNotReady: sentence("La red del nodo de {name} todavía no está lista: {message}.", "The network of the node of {name} is not ready yet: {message}."),
};

/** What controllers could not do. */
const controllerEvents: Readonly<Record<string, Text>> = {
  FailedCreate: sentence("{name} no puede crear lo que le falta: {message}. Suele ser una cuota, un permiso o una norma de admisión.", "{name} cannot create what it lacks: {message}. It is usually a quota, a permission or an admission rule."),
  FailedDelete: sentence("{name} no puede borrar lo que le sobra: {message}.", "{name} cannot delete what it has too many of: {message}."),
  ReplicaSetCreateError: sentence("El Deployment {name} no pudo crear su ReplicaSet: {message}.", "Deployment {name} could not create its ReplicaSet: {message}."),
  SelectingAll: sentence("El selector de {name} está vacío y escogería todos los pods, así que no se hace nada. Ponle etiquetas.", "The selector of {name} is empty and would take every pod, so nothing is done. Give it labels."),
  FailedDaemonPod: sentence("Un pod de {name} acabó mal en un nodo; se borra y se hace otro.", "A pod of {name} failed on a node; it is deleted and made again."),
  FailedPlacement: sentence("{name} no cabe en un nodo que le toca: {message}.", "{name} does not fit a node it belongs on: {message}."),
  BackoffLimitExceeded: sentence("El Job {name} ha fallado más veces de las que permite backoffLimit y se da por perdido.", "Job {name} failed more often than backoffLimit allows and is given up."),
  DeadlineExceeded: sentence("{name} no acabó dentro de su plazo (activeDeadlineSeconds) y se paró.", "{name} did not end within its deadline (activeDeadlineSeconds) and was stopped."),
  FailedIndexes: sentence("Al Job {name} le fallaron más índices de los permitidos: {message}.", "More indexes of Job {name} failed than allowed: {message}."),
  PodFailurePolicy: sentence("Un pod del Job {name} falló de un modo que su podFailurePolicy no perdona: {message}.", "A pod of Job {name} failed in a way its podFailurePolicy does not forgive: {message}."),
  UnparseableSchedule: sentence("El horario del CronJob {name} no se entiende: {message}.", "The schedule of CronJob {name} cannot be read: {message}."),
  InvalidSchedule: sentence("El horario del CronJob {name} no vale: {message}.", "The schedule of CronJob {name} will not do: {message}."),
  UnknownTimeZone: sentence("El CronJob {name} pide una zona horaria que no existe: {message}.", "CronJob {name} asks for a time zone that does not exist: {message}."),
  MissSchedule: sentence("El CronJob {name} se perdió una hora de las suyas: {message}.", "CronJob {name} missed one of its times: {message}."),
  TooManyMissedTimes: sentence("El CronJob {name} se ha perdido demasiadas horas; pon startingDeadlineSeconds o revisa el reloj.", "CronJob {name} missed too many of its times; set startingDeadlineSeconds or check the clock."),
  UnexpectedJob: sentence("Hay un Job que dice ser de {name} y que {name} no hizo: {message}.", "There is a Job that claims to be of {name} and {name} did not make it: {message}."),
  TooManySucceededPods: sentence("Al Job {name} le acabaron bien más pods de los que pedía.", "More pods of Job {name} succeeded than it asked for."),
  AllocationFailed: sentence("El balanceador no tiene ninguna dirección libre para {name}: {message}. Amplía el IPAddressPool o libera alguna.", "The load balancer has no free address for {name}: {message}. Enlarge the IPAddressPool or free one."),
  SyncLoadBalancerFailed: sentence("La nube no pudo dar balanceador a {name}: {message}.", "The cloud could not give {name} a load balancer: {message}."),
  FailedGetResourceMetric: sentence("El autoescalador {name} no sabe cuánto gastan los pods: {message}. Comprueba metrics-server y que los pods tengan requests.", "Autoscaler {name} does not know what the pods use: {message}. Check metrics-server and that the pods have requests."),
  FailedComputeMetricsReplicas: sentence("El autoescalador {name} no puede calcular cuántas réplicas hacen falta: {message}.", "Autoscaler {name} cannot work out how many replicas are needed: {message}."),
  FailedGetScale: sentence("El autoescalador {name} no encuentra lo que debe escalar: {message}. Revisa scaleTargetRef.", "Autoscaler {name} does not find what it is to scale: {message}. Check scaleTargetRef."),
  FailedRescale: sentence("El autoescalador {name} no pudo cambiar el número de réplicas: {message}.", "Autoscaler {name} could not change the number of replicas: {message}."),
  SelectorRequired: sentence("Lo que escala {name} no tiene selector: no se sabe qué pods medir.", "What {name} scales has no selector: nobody knows which pods to measure."),
  InvalidSelector: sentence("El selector de lo que escala {name} no se entiende: {message}.", "The selector of what {name} scales cannot be read: {message}."),
  AmbiguousSelector: sentence("Dos autoescaladores mandan sobre los mismos pods, así que {name} no hace nada: {message}.", "Two autoscalers rule the same pods, so {name} does nothing: {message}."),
  NoPods: sentence("El presupuesto de interrupción {name} no protege a ningún pod: revisa su selector.", "Disruption budget {name} protects no pod: check its selector."),
  UnmanagedPods: sentence("El presupuesto {name} protege pods sin controlador, que no se pueden contar: {message}.", "Budget {name} protects pods without a controller, which cannot be counted: {message}."),
  NotDeleted: sentence("Se dio permiso para quitar el pod {name} y sigue ahí: alguien se arrepintió.", "Pod {name} was allowed to be removed and is still there: somebody changed their mind."),
  CalculateExpectedPodCountFailed: sentence("El presupuesto {name} no puede calcular cuántos pods espera: {message}.", "Budget {name} cannot work out how many pods to expect: {message}."),
};

/** Every Event that has more to say than its message. */
export const eventSentences: Readonly<Record<string, Text>> = { ...storageEvents, ...podEvents, ...controllerEvents };
