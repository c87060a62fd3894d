import { text } from "@/lib/text";
import { Refusal } from "./refusal";

/** Nobody is signed in, or their session was closed. */
export function unauthenticated(): Refusal {
  return new Refusal("unauthenticated", "auth.sign-in-needed", text("Inicia sesión para hacer esto.", "Sign in to do this."));
}

/** The person is known and may not do this at all. For things of others use a not-found: it tells nothing. */
export function notAllowed(): Refusal {
  return new Refusal("forbidden", "auth.not-allowed", text("Tu cuenta no puede hacer esto.", "Your account cannot do this."));
}

/** Also for things that exist and belong to someone else. */
export function notFound(): Refusal {
  return new Refusal("not-found", "request.not-found", text("No existe, o no es tuyo.", "It does not exist, or it is not yours."));
}

export function tooMany(seconds: number): Refusal {
  const wait = Math.max(1, Math.ceil(seconds));
  return new Refusal(
    "too-many",
    "request.too-many",
    text(`Demasiados intentos. Espera ${wait} s y vuelve a probar.`, `Too many attempts. Wait ${wait} s and try again.`),
    wait,
  );
}

/** Which part of a form is wrong. The same sentence for every cause within the field. */
export function invalidField(field: "email" | "password" | "name" | "locale" | "theme" | "body" | "role"): Refusal {
  const sentences = {
    email: text("Escribe una dirección de correo válida.", "Write a valid e-mail address."),
    password: text(
      "La contraseña necesita entre 10 y 200 caracteres, y no puede ser de las más usadas ni tu correo.",
      "The password needs 10 to 200 characters, and must not be one of the commonest nor your e-mail.",
    ),
    name: text("El nombre puede tener hasta 80 caracteres.", "The name may have up to 80 characters."),
    locale: text("Elige español o inglés.", "Choose Spanish or English."),
    theme: text("Elige tema claro, oscuro o el del sistema.", "Choose the light theme, the dark one or the system's."),
    body: text("La petición no tiene la forma esperada.", "The request does not have the expected shape."),
    role: text("Ese rol no existe.", "There is no such role."),
  };
  return new Refusal("invalid", `request.invalid-${field}`, sentences[field]);
}

export function wrongPassword(): Refusal {
  return new Refusal("invalid", "auth.wrong-password", text("La contraseña no es correcta.", "The password is not right."));
}

/** Without e-mail to confirm an address, sign-up cannot hide that one is taken; it says so as vaguely as it can. */
export function accountNotCreated(): Refusal {
  return new Refusal(
    "conflict",
    "auth.account-not-created",
    text(
      "No se ha podido crear la cuenta con esos datos. Si ya tienes una, inicia sesión.",
      "The account could not be created with those details. If you already have one, sign in.",
    ),
  );
}
