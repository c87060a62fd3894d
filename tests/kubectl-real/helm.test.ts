import { helmRows } from "./commands";
import { suite } from "./suite";

suite("the genuine helm", helmRows);
