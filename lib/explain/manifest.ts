import type { Text } from "@/lib/text";
import { sentence } from "./sentence";

/** What can be wrong with a text before the API has seen it; the codes of `lib/manifest`. */
export const manifestSentences: Readonly<Record<string, Text>> = {
  "manifest.syntax": sentence("El YAML no se puede leer aquí. Suele ser la sangría: usa siempre espacios, los mismos en cada nivel, y un espacio después de los dos puntos.", "The YAML cannot be read here. It is usually indentation: always use blanks, the same for each level, and one blank after a colon."),
  "manifest.control-character": sentence("Hay un carácter invisible que YAML no admite. Borra la línea y escríbela otra vez.", "There is an invisible character YAML does not take. Delete the line and type it again."),
  "manifest.bad-separator": sentence("Después de --- no puede haber nada más que un comentario. Pon el texto en la línea siguiente.", "Nothing but a comment may follow ---. Put the text on the next line."),
  "manifest.unknown-anchor": sentence("El alias *{anchor} no se refiere a nada: no hay ningún ancla &{anchor} antes. Un * al principio de un valor debe ir entre comillas.", "The alias *{anchor} refers to nothing: there is no anchor &{anchor} before it. A * at the start of a value must be in quotes."),
  "manifest.unsupported-value": sentence("El valor {value} no se puede pasar a JSON, que es lo que entiende la API. Ponlo entre comillas si es un texto.", "The value {value} cannot become JSON, which is what the API understands. Put it in quotes if it is text."),
  "manifest.unsupported-key": sentence("Una clave tiene que ser un texto o un número sencillo. Mira si faltan comillas o sobra una llave.", "A key has to be text or a plain number. See whether quotes are missing or there is a brace too many."),
  "manifest.duplicate-key": sentence("La clave {key} está dos veces en el mismo sitio y solo cuenta la última. Deja una.", "The key {key} stands twice in the same place and only the last one counts. Keep one."),
  "manifest.too-large": sentence("El texto es demasiado grande[[ (el máximo son {limit} bytes)]]. Repártelo en varios ficheros.", "The text is too large[[ (at most {limit} bytes)]]. Split it into several files."),
  "manifest.too-deep": sentence("Hay demasiados niveles de sangría[[ (como mucho {limit})]]. Comprueba que no se haya descolocado un bloque.", "There are too many levels[[ (at most {limit})]]. Check that no block has slipped."),
  "manifest.too-many-aliases": sentence("Hay demasiados alias (*nombre)[[: como mucho {limit}]]. Escribe los valores directamente.", "There are too many aliases (*name)[[: at most {limit}]]. Write the values themselves."),
  "manifest.too-many-documents": sentence("Hay demasiados documentos separados por ---[[: como mucho {limit}]]. Repártelos en varios ficheros.", "There are too many documents separated by ---[[: at most {limit}]]. Split them into several files."),
  "manifest.too-many-values": sentence("Al sustituir los alias, el documento crece demasiado[[ (como mucho {limit} valores)]].", "Once aliases are replaced the document grows too large[[ (at most {limit} values)]]."),
  "manifest.not-an-object": sentence("Un manifiesto tiene que ser un objeto, con apiVersion, kind y metadata. Aquí hay otra cosa[[ ({found})]].", "A manifest has to be an object, with apiVersion, kind and metadata. Here is something else[[ ({found})]]."),
  "manifest.missing-kind": sentence("Falta kind: el servidor no sabe qué tipo de objeto quieres crear. Añade, por ejemplo, kind: Pod.", "kind is missing: the server does not know what kind of object you want. Add, for example, kind: Pod."),
  "manifest.missing-api-version": sentence("Falta apiVersion: dice de qué grupo y versión es el kind, por ejemplo v1 o apps/v1. Lo ves con kubectl api-resources.", "apiVersion is missing: it says which group and version the kind belongs to, for example v1 or apps/v1. See kubectl api-resources."),
};
