/** Base64 as containers get it decoded. */
export { decodeBase64 } from "../apimachinery/base64";
