import type { FieldError, StatusReason } from "@/lib/engine";
import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** What each kind of field error means, for rules that have no sentence of their own. */
export const fieldErrorSentences: Readonly<Record<FieldError["code"], Text>> = {
  required: sentence("Falta {path}, que es obligatorio. Añádelo al manifiesto.", "{path} is missing and it is required. Add it to the manifest."),
  invalid: sentence("El valor de {path}[[ ({value})]] no vale: {detail}. Corrígelo y aplica otra vez.", "The value of {path}[[ ({value})]] will not do: {detail}. Correct it and apply again."),
  duplicate: sentence("{path} repite un valor que ya está en la lista[[ ({value})]]. Deja solo uno o cámbiale el nombre.", "{path} repeats a value that is already in the list[[ ({value})]]. Keep one or rename it."),
  "not-supported": sentence("{path} no admite el valor[[ {value}]]; {detail}. Suele ser una errata o una mayúscula: los valores distinguen mayúsculas.", "{path} does not take the value[[ {value}]]; {detail}. It is usually a typo or a capital letter: values are case-sensitive."),
  forbidden: sentence("No puedes poner o cambiar {path}: {detail}.", "You may not set or change {path}: {detail}."),
  "too-long": sentence("{path} es demasiado largo: {detail}. Acórtalo.", "{path} is too long: {detail}. Shorten it."),
  "too-many": sentence("{path} tiene demasiados elementos: {detail}. Quita los que sobren.", "{path} has too many items: {detail}. Remove the extra ones."),
  "not-found": sentence("{path} se refiere a algo que no existe[[ ({value})]]. Comprueba el nombre: debe coincidir letra por letra.", "{path} refers to something that does not exist[[ ({value})]]. Check the name: it must agree letter for letter."),
  "type-invalid": sentence("{path} es de otro tipo: {detail}. Mira si sobran o faltan comillas, o si debía ser una lista (con guion).", "{path} is of another type: {detail}. See whether quotes are missing or not wanted, or whether it should be a list (with a dash)."),
  internal: sentence("El servidor falló al comprobar {path}: {detail}.", "The server failed while checking {path}: {detail}."),
  "unknown-field": sentence("{path} no existe en este objeto. Suele ser una errata o una sangría equivocada; compruébalo con kubectl explain.", "{path} does not exist in this object. It is usually a typo or wrong indentation; check it with kubectl explain."),
};

/** Rules that deserve more than their kind of error says, by `origin`. */
export const originSentences: Readonly<Record<string, Text>> = {
  "meta.name-required": sentence("El objeto no tiene nombre. Pon metadata.name.", "The object has no name. Set metadata.name."),
  "schema.unknown-field": sentence("El campo {path} no existe: el servidor no sabe qué hacer con él. Mira la sangría y la ortografía, o pregunta con kubectl explain.", "Field {path} does not exist: the server does not know what to do with it. Look at indentation and spelling, or ask kubectl explain."),
  "schema.type": sentence("{path} tiene un valor de otro tipo del que espera la API: {detail}. Un texto va entre comillas, un número no; una lista empieza por guion.", "{path} holds a value of another type than the API expects: {detail}. Text goes in quotes, numbers do not; a list begins with a dash."),
  "schema.quantity": sentence("{path} no es una cantidad válida. Se escriben como 500m (milésimas de CPU), 1, 128Mi o 1Gi, con el sufijo pegado y la mayúscula en su sitio.", "{path} is not a valid quantity. They are written as 500m (thousandths of a CPU), 1, 128Mi or 1Gi, the suffix joined and its capital in place."),
  "deployment.selector-matches-template": sentence("El selector no coincide con las etiquetas de la plantilla: el Deployment crearía pods que luego no reconocería como suyos. Haz que spec.selector.matchLabels y spec.template.metadata.labels digan lo mismo.", "The selector does not match the template's labels: the Deployment would create pods and then not know them for its own. Make spec.selector.matchLabels and spec.template.metadata.labels agree."),
  "service.node-port": sentence("El nodePort pedido no puede ser: o está fuera del rango del clúster (30000-32767 si nadie lo cambió), o ya lo usa otro Service. Elige otro o quítalo y se asignará uno libre.", "That nodePort cannot be had: it is outside the cluster's range (30000-32767 unless changed) or another Service uses it. Choose another or leave it out and a free one is given."),
  "service.cluster-ip": sentence("La clusterIP pedida no puede ser: está fuera del rango de Services o ya la usa otro. Lo normal es no ponerla y dejar que se asigne.", "That clusterIP cannot be had: it is outside the Service range or another one uses it. Normally you leave it out and one is given."),
  "limits.pods": sentence("Tu clúster no admite tantos pods: {detail}. Pide menos réplicas o borra las que no necesites.", "Your cluster does not take that many pods: {detail}. Ask for fewer replicas or delete the ones you do not need."),
  "limits.objects": sentence("Tu clúster ha llegado a su máximo de objetos: {detail}. Borra los que no necesites.", "Your cluster has reached its maximum of objects: {detail}. Delete the ones you do not need."),
  "patch.json": sentence("El parche no se puede aplicar: {detail}. Comprueba que la ruta existe en el objeto.", "The patch cannot be applied: {detail}. Check that the path exists in the object."),
};

/** What each answer of the API means as a whole. */
export const statusSentences: Readonly<Record<StatusReason, Text>> = {
  BadRequest: sentence("El servidor no entiende la petición: revisa el YAML o las opciones de la orden.", "The server does not understand the request: check the YAML or the command's options."),
  Unauthorized: sentence("El servidor no sabe quién eres: faltan credenciales o no valen.", "The server does not know who you are: credentials are missing or wrong."),
  Forbidden: sentence("El servidor sabe quién eres, pero no te deja hacerlo: te falta un permiso, o una norma del clúster lo impide.", "The server knows you but does not let you: a permission is missing, or a rule of the cluster forbids it."),
  NotFound: sentence("No existe ningún objeto con ese nombre en ese namespace. Mira el nombre y el namespace (-n).", "There is no object of that name in that namespace. Check the name and the namespace (-n)."),
  MethodNotAllowed: sentence("Ese tipo de objeto no admite esa operación.", "That kind of object does not take that operation."),
  AlreadyExists: sentence("Ya hay un objeto con ese nombre. Usa kubectl apply para cambiarlo, o elige otro nombre.", "There is already an object of that name. Use kubectl apply to change it, or choose another name."),
  Conflict: sentence("Otro escribió en el objeto mientras lo editabas. Vuelve a leerlo y repite el cambio.", "Somebody else wrote to the object while you were editing it. Read it again and repeat the change."),
  Expired: sentence("Esa versión es demasiado antigua y el servidor ya no la guarda. Vuelve a pedir la lista.", "That version is too old and the server no longer keeps it. Ask for the list again."),
  Invalid: sentence("El objeto no cumple las reglas de la API. Cada causa dice qué campo y por qué.", "The object breaks the API's rules. Each cause names the field and why."),
  TooManyRequests: sentence("El servidor pide que esperes: demasiadas peticiones, o un presupuesto de interrupción (PDB) no permite quitar más pods ahora.", "The server asks you to wait: too many requests, or a disruption budget (PDB) does not allow more pods to go now."),
  RequestEntityTooLarge: sentence("La petición es demasiado grande.", "The request is too large."),
  UnsupportedMediaType: sentence("El servidor no entiende ese formato de cuerpo o de parche.", "The server does not understand that format of body or patch."),
  InternalError: sentence("El servidor falló por dentro. Repite la petición.", "The server failed inside. Repeat the request."),
  ServiceUnavailable: sentence("El servidor no puede atenderte ahora. Inténtalo dentro de un rato.", "The server cannot serve you now. Try again in a while."),
  Timeout: sentence("El servidor no acabó a tiempo. Inténtalo otra vez.", "The server did not finish in time. Try again."),
};
