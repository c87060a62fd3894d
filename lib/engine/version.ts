/** Stored with every graded answer. Raised whenever equal inputs may give another result. */
export const engineVersion = "0.1.0";
