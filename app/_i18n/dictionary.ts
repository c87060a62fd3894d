/** The shape of a language's words: the keys of the first language, any strings. A missing or foreign key does not compile. */
export type Dictionary<T> = { readonly [K in keyof T]: T[K] extends string ? string : Dictionary<T[K]> };
