/** Base64 as Secrets have it. */
export { decodeBase64, decodeBase64Bytes, encodeBase64, encodeBase64Bytes } from "../../../apimachinery/base64";
