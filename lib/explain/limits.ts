import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** Refusals of the workbench and the grader, and what the terminal does not do. */
export const limitSentences: Readonly<Record<string, Text>> = {
  "workbench.file-too-large": sentence("El fichero es demasiado grande[[: como mucho {limit} bytes]]. No se ha guardado.", "The file is too large[[: at most {limit} bytes]]. It was not saved."),
  "workbench.line-too-long": sentence("La línea es demasiado larga[[: como mucho {limit} caracteres]]. Guarda el texto en un fichero y usa -f.", "The line is too long[[: at most {limit} characters]]. Save the text in a file and use -f."),
  "workbench.no-such-machine": sentence("No hay ninguna máquina que se llame {name}.", "There is no machine called {name}."),
  "workbench.too-many-objects": sentence("Tu clúster ha llegado al máximo de objetos[[ ({limit})]]. Borra los que no necesites.", "Your cluster has reached its maximum of objects[[ ({limit})]]. Delete the ones you do not need."),
  "workbench.too-many-pods": sentence("Tu clúster ha llegado al máximo de pods[[ ({limit})]]. Baja las réplicas o borra alguno.", "Your cluster has reached its maximum of pods[[ ({limit})]]. Lower the replicas or delete some."),
  "workbench.too-much-time": sentence("Este ejercicio ha llegado a su máximo de tiempo simulado[[ ({limit} horas)]]. Empiézalo de nuevo.", "This exercise has reached its maximum of simulated time[[ ({limit} hours)]]. Start it again."),
  "workbench.journal-full": sentence("El diario de este banco está lleno[[: como mucho {limit} acciones]]. Deshaz o empieza de nuevo.", "The journal of this workbench is full[[: at most {limit} deeds]]. Undo, or start again."),
  "workbench.broken": sentence("Este clúster se ha parado por un fallo nuestro. Deshaz lo último o empieza de nuevo.", "This cluster has stopped because of a mistake of ours. Undo the last step, or start again."),
  "answer.missing": sentence("No ha llegado ninguna respuesta.", "No answer arrived."),
  "answer.not-an-object": sentence("Lo que se ha enviado no es una respuesta.", "What was sent is not an answer."),
  "answer.bad-field": sentence("La respuesta tiene un dato que no se entiende[[: {field}]].", "The answer has a value that cannot be understood[[: {field}]]."),
  "answer.bad-input": sentence("Uno de los pasos de la respuesta no se entiende[[ (el número {at}, campo {field})]].", "One of the answer's steps cannot be understood[[ (number {at}, field {field})]]."),
  "answer.too-many-inputs": sentence("La respuesta tiene demasiados pasos[[: como mucho {limit}]]. Reinicia el ejercicio y ve más directo.", "The answer has too many steps[[: at most {limit}]]. Reset the exercise and take a shorter way."),
  "answer.too-large": sentence("La respuesta ocupa demasiado[[: como mucho {limit} bytes]].", "The answer is too large[[: at most {limit} bytes]]."),
  "answer.too-long": sentence("La respuesta dura demasiado tiempo simulado[[: como mucho {limit} horas]].", "The answer takes too much simulated time[[: at most {limit} hours]]."),
  "grading.budget-exceeded": sentence("El clúster trabajó más de lo que permite una corrección: seguramente algo se crea y se destruye sin parar. Busca dos controladores que se peleen o un bucle de reinicios.", "The cluster worked harder than grading allows: something is probably made and destroyed without end. Look for two controllers fighting or a loop of restarts."),
  "kubectl.no-editor": sentence("En este terminal no hay editor. Guarda el objeto con kubectl get -o yaml, edítalo en el panel de ficheros y usa kubectl apply -f; o usa kubectl patch, set o scale.", "This terminal has no editor. Save the object with kubectl get -o yaml, edit it in the files panel and use kubectl apply -f; or use kubectl patch, set or scale."),
  "kubectl.no-port-forward": sentence("Aquí no se pueden reenviar puertos a tu máquina. Haz la petición desde dentro, con kubectl exec o con un pod de prueba, o publica un Service.", "Ports cannot be forwarded to your machine here. Make the request from inside, with kubectl exec or a test pod, or publish a Service."),
  "kubectl.no-interactive-shell": sentence("Aquí no se abre una sesión interactiva: la orden se ejecuta sin teclado y acaba. Pasa la orden entera después de --, por ejemplo -- sh -c \"ls; env\".", "No interactive session opens here: the command runs without a keyboard and ends. Give the whole command after --, for example -- sh -c \"ls; env\"."),
};
