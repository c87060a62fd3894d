/** The certificate pods are given to know the API server by: one that only clients of this cluster know. */
export const ROOT_CA = "-----BEGIN CERTIFICATE-----\nVGltb25lbA==\n-----END CERTIFICATE-----\n";
