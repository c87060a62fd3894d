import { accessRows } from "./commands-access";
import { suite } from "./suite";

suite("the genuine kubectl, on who may do what and what else is served", accessRows);
