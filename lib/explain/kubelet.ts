import type { KubeletReason } from "@/lib/engine";
import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** What a kubelet met. */
export const kubeletSentences: Readonly<Record<KubeletReason, Text>> = {
  "image.not-found": sentence(
    "El registro no tiene la imagen[[ {image}]]: o el nombre está mal escrito, o esa etiqueta no existe. El kubelet lo reintenta cada vez más despacio (ImagePullBackOff). Corrige la imagen y se descargará sola.",
    "The registry does not have the image[[ {image}]]: its name is misspelt or that tag does not exist. The kubelet tries again ever more slowly (ImagePullBackOff). Correct the image and it will be pulled.",
  ),
  "image.invalid-name": sentence(
    "[[{image} ]]no es un nombre de imagen válido, así que ni se intenta descargar (InvalidImageName). Un nombre es registro/ruta:etiqueta, en minúsculas y sin espacios.",
    "[[{image} ]]is not a valid image name, so no pull is even tried (InvalidImageName). A name is registry/path:tag, in lower case and without spaces.",
  ),
  "container.command-not-found": sentence(
    "La imagen no tiene el programa[[ {command}]] que pide command. Comprueba el nombre y la ruta; recuerda que command sustituye al ENTRYPOINT de la imagen y args a su CMD.",
    "The image does not have the program[[ {command}]] that command asks for. Check its name and path; remember that command replaces the image's ENTRYPOINT and args its CMD.",
  ),
  "container.exited": sentence(
    "El proceso principal del contenedor terminó[[ con código {code}]], y cuando él acaba se acaba el contenedor. Mira qué dijo antes de morir con kubectl logs --previous.",
    "The container's main process ended[[ with code {code}]], and when it ends the container ends. See what it said before dying with kubectl logs --previous.",
  ),
  "probe.failed": sentence(
    "La sonda[[ {probe}]] ha fallado las veces seguidas que permite failureThreshold. Si es de liveness, el contenedor se reinicia; si es de readiness, el pod sale del Service hasta que vuelva a pasar. Comprueba ruta, puerto y tiempos.",
    "The[[ {probe}]] probe failed as many times in a row as failureThreshold allows. A liveness probe has the container restarted; a readiness probe takes the pod out of the Service until it passes. Check path, port and times.",
  ),
};
