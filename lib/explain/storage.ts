import type { StorageReason } from "@/lib/engine";
import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** What storage met. */
export const storageSentences: Readonly<Record<StorageReason, Text>> = {
  "storage.multi-attach": sentence(
    "El volumen[[ {volume}]] es ReadWriteOnce y ya está conectado a otro nodo[[ ({node})]]: un disco de bloque no se puede enchufar a dos máquinas a la vez. Pon los pods en el mismo nodo o usa almacenamiento compartido (ReadWriteMany).",
    "Volume[[ {volume}]] is ReadWriteOnce and already attached to another node[[ ({node})]]: a block disk cannot be plugged into two machines at once. Put the pods on one node or use shared storage (ReadWriteMany).",
  ),
  "storage.no-class": sentence(
    "La solicitud pide la StorageClass[[ {class}]], que no existe, y nadie le fabricará un volumen. Mira las que hay con kubectl get storageclass.",
    "The claim asks for StorageClass[[ {class}]], which does not exist, and nobody will make it a volume. See which ones there are with kubectl get storageclass.",
  ),
  "storage.no-matching-volume": sentence(
    "Ningún volumen (PV) libre encaja con la solicitud[[ {claim}]]: deben coincidir clase, modo de acceso y tamaño suficiente. Crea un PV que encaje o cambia la solicitud.",
    "No free volume (PV) matches the claim[[ {claim}]]: class, access mode and a large enough size must agree. Create a PV that matches or change the claim.",
  ),
  "storage.waiting-for-consumer": sentence(
    "La clase espera al primer consumidor (WaitForFirstConsumer): el volumen no se crea hasta que un pod use la solicitud[[ {claim}]], para crearlo donde vaya el pod. No es un error.",
    "The class waits for its first consumer (WaitForFirstConsumer): the volume is not made until a pod uses the claim[[ {claim}]], so that it is made where the pod goes. This is not an error.",
  ),
};
