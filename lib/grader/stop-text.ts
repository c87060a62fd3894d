import type { Text } from "@/lib/text";

/** Why a grading did not get to the end, and what to do about it. */
export const stopText = {
  "grading.budget-exceeded": {
    es: "Tu respuesta da más trabajo al clúster del que cabe en una corrección, así que la hemos parado. Suele pasar con miles de réplicas o con un bucle que no termina.",
    en: "Your answer gives the cluster more work than one grading allows, so we stopped it. Thousands of replicas or a loop that never ends are the usual causes.",
  },
  "grading.budget-next": {
    es: "Reduce el número de réplicas o quita el bucle, y vuelve a comprobar.",
    en: "Lower the number of replicas or remove the loop, then check again.",
  },
  "grading.other-exercise": {
    es: "Esta respuesta es de otro ejercicio. Abre el ejercicio al que pertenece y envíala desde allí.",
    en: "This answer belongs to another exercise. Open that exercise and send it from there.",
  },
  "grading.too-many-inputs": {
    es: "La respuesta tiene más de 2000 pasos y no se puede corregir entera. Reinicia el banco de trabajo y repite sólo lo necesario.",
    en: "The answer has more than 2,000 steps, too many to grade. Reset the workbench and repeat only what is needed.",
  },
  "grading.too-much-time": {
    es: "La respuesta deja pasar más de 200 horas de reloj simulado. Reinicia el banco de trabajo y avanza menos el tiempo.",
    en: "The answer lets more than 200 simulated hours go by. Reset the workbench and advance time less.",
  },
  "grading.too-large": {
    es: "La respuesta ocupa más de 256 KiB. Guarda ficheros más pequeños y vuelve a intentarlo.",
    en: "The answer is larger than 256 KiB. Save smaller files and try again.",
  },
  "grading.unreadable": {
    es: "No podemos repetir esta respuesta: le falta algo o viene de una versión anterior. Tu progreso está a salvo; reinicia el ejercicio y vuelve a enviarla.",
    en: "We cannot replay this answer: something is missing or it comes from an older version. Your progress is safe; reset the exercise and send it again.",
  },
} satisfies Readonly<Record<string, Text>>;
