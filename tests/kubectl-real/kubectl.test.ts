import { kubectlRows } from "./commands";
import { suite } from "./suite";

suite("the genuine kubectl", kubectlRows);
