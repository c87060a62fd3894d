import type { Condition, NodeId } from "./syntax-tree";
import { TokenReader } from "./token-reader";

/** Reads conditions as bash has them. */
export abstract class ConditionParser extends TokenReader {
  /** `[[ … ]]` */
  protected parseTest(): NodeId {
    this.next();
    const condition = this.nestedCondition(() => this.conditionOr());
    const end = this.next();
    if (end.type !== "word" || end.text !== "]]") throw this.unexpected(end, "]]");
    return this.add({ t: "test", condition });
  }

  private nestedCondition(read: () => Condition): Condition {
    this.nesting = this.deeper();
    const condition = read();
    this.nesting -= 1;
    return condition;
  }

  private conditionOr(): Condition {
    let left = this.conditionAnd();
    for (this.skipNewlines(); this.isOp("||"); this.skipNewlines()) {
      this.next();
      left = { k: "or", a: left, b: this.conditionAnd() };
    }
    return left;
  }

  private conditionAnd(): Condition {
    let left = this.conditionOne();
    for (this.skipNewlines(); this.isOp("&&"); this.skipNewlines()) {
      this.next();
      left = { k: "and", a: left, b: this.conditionOne() };
    }
    return left;
  }

  private conditionOne(): Condition {
    this.skipNewlines();
    const token = this.next();
    if (token.type === "op" && token.text === "(") {
      const inner = this.nestedCondition(() => this.conditionOr());
      this.expect(")");
      return inner;
    }
    if (token.type !== "word" || token.text === "]]") throw this.unexpected(token);
    if (token.bare && token.text === "!") return { k: "not", a: this.nestedCondition(() => this.conditionOne()) };
    if (token.bare && /^-[a-zA-Z]$/.test(token.text) && this.peek().type === "word" && this.peek().text !== "]]") return { k: "unary", op: token.text, word: this.next().word };
    const operator = this.peek();
    const isComparison = (operator.type === "op" && (operator.text === "<" || operator.text === ">")) || (operator.type === "word" && operator.bare && /^(?:==?|!=|=~|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/.test(operator.text));
    if (!isComparison) return { k: "word", word: token.word };
    this.next();
    if (operator.text === "=~") return { k: "binary", op: "=~", left: token.word, right: this.reader.readRegex() };
    const right = this.next();
    if (right.type !== "word") throw this.unexpected(right);
    return { k: "binary", op: operator.text, left: token.word, right: right.word };
  }
}
