import type { SchedulerReason } from "@/lib/engine";
import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** Why a pod does not fit a node. */
export const schedulerSentences: Readonly<Record<SchedulerReason, Text>> = {
  "scheduler.insufficient-resource": sentence(
    "En [[{node}]] no queda [[{resource} ]]suficiente: el planificador suma lo que piden (requests) los pods que ya están allí, no lo que gastan de verdad.[[ Este pod pide {requested} y ya hay {used} comprometidos de {allocatable}.]] Baja la petición del pod, quita otros pods o añade un nodo.",
    "[[{node} ]]has not enough [[{resource} ]]left: the scheduler adds up what the pods already there request, not what they really use.[[ This pod asks for {requested}, and {used} of {allocatable} are already promised.]] Lower the pod's request, remove other pods or add a node.",
  ),
  "scheduler.too-many-pods": sentence(
    "El nodo {node} ya tiene todos los pods que admite[[ ({limit})]]. No es cuestión de CPU ni de memoria: cada nodo tiene un máximo de pods. Reparte los pods entre más nodos o borra los que sobren.",
    "Node {node} already has as many pods as it takes[[ ({limit})]]. This is not about CPU or memory: every node has a maximum of pods. Spread the pods over more nodes or delete the ones you do not need.",
  ),
  "scheduler.untolerated-taint": sentence(
    "El nodo {node} tiene un taint[[ ({taint})]] que este pod no tolera, así que no lo acepta. Si el pod debe ir ahí, añádele una toleration para ese taint; si el taint sobra, quítalo con kubectl taint.",
    "Node {node} has a taint[[ ({taint})]] this pod does not tolerate, so it will not take it. If the pod belongs there, give it a toleration for that taint; if the taint should not be there, remove it with kubectl taint.",
  ),
  "scheduler.node-affinity-mismatch": sentence(
    "Las etiquetas del nodo {node} no cumplen el nodeSelector o la afinidad de nodo del pod. Compara lo que pide el pod con kubectl get nodes --show-labels y corrige uno de los dos.",
    "The labels of node {node} do not meet the pod's nodeSelector or node affinity. Compare what the pod asks for with kubectl get nodes --show-labels and correct one of the two.",
  ),
  "scheduler.node-unschedulable": sentence(
    "El nodo {node} está acordonado: los pods que tiene siguen, pero no recibe ninguno nuevo. Si ya acabaste el mantenimiento, ábrelo con kubectl uncordon {node}.",
    "Node {node} is cordoned: its pods stay, but it takes no new ones. If maintenance is over, open it with kubectl uncordon {node}.",
  ),
  "scheduler.volume-node-conflict": sentence(
    "El volumen que usa este pod solo se puede usar desde otro nodo o zona, no desde {node}. El pod tiene que ir donde está su disco; si necesitas moverlo, usa almacenamiento compartido.",
    "The volume this pod uses can only be used from another node or zone, not from {node}. The pod must go where its disk is; if it has to move, use shared storage.",
  ),
  "scheduler.unbound-claims": sentence(
    "El pod usa una solicitud de volumen (PVC)[[ {claim}]] que todavía no tiene volumen, y sin disco no se asigna a ningún nodo. Mira por qué con kubectl describe pvc[[ {claim}]]: suele faltar la StorageClass o un PV que encaje.",
    "The pod uses a claim (PVC)[[ {claim}]] that has no volume yet, and without its disk it goes to no node. See why with kubectl describe pvc[[ {claim}]]: usually the StorageClass or a matching PV is missing.",
  ),
  "scheduler.claim-not-found": sentence(
    "El pod nombra una solicitud de volumen (PVC)[[ {claim}]] que no existe en su namespace. Créala o corrige claimName.",
    "The pod names a claim (PVC)[[ {claim}]] that does not exist in its namespace. Create it or correct claimName.",
  ),
  "scheduler.claim-in-use": sentence(
    "La solicitud[[ {claim}]] es ReadWriteOncePod y otro pod ya la está usando: solo cabe uno. Espera a que el otro acabe o usa otro modo de acceso.",
    "The claim[[ {claim}]] is ReadWriteOncePod and another pod already uses it: only one may. Wait until the other one ends or use another access mode.",
  ),
  "scheduler.too-many-volumes": sentence(
    "El controlador de discos no puede conectar más de {limit} a {node} (lo dice su CSINode), y ya no caben los de este pod. Otro nodo o menos discos por nodo.",
    "The disk driver can connect no more than {limit} to {node} (its CSINode says so), and this pod's no longer fit. Another node, or fewer disks a node.",
  ),
  "scheduler.node-name-mismatch": sentence(
    "El pod pide ir a un nodo concreto con nodeName[[ ({wanted})]] y {node} no es ese nodo. Quita nodeName si quieres que elija el planificador.",
    "The pod asks for one particular node with nodeName[[ ({wanted})]] and {node} is not that node. Remove nodeName if you want the scheduler to choose.",
  ),
  "scheduler.port-taken": sentence(
    "En {node} ya hay un pod que ocupa el puerto de la máquina que pide este[[ ({port})]]. Un hostPort solo puede usarlo un pod por nodo: quítalo y publica el pod con un Service.",
    "On {node} another pod already holds the machine's port this one asks for[[ ({port})]]. Only one pod a node can use a hostPort: drop it and publish the pod with a Service.",
  ),
  "scheduler.anti-affinity": sentence(
    "Una regla de afinidad o antiafinidad entre pods impide ponerlo en {node}: ya hay allí un pod del que debe alejarse, o falta el que debe acompañar. Añade nodos o cambia la regla de obligatoria (required) a preferida (preferred).",
    "A rule of affinity or anti-affinity between pods keeps it off {node}: a pod it must stay away from is there, or the one it must be near is not. Add nodes or turn the rule from required into preferred.",
  ),
};
