/** A problem the reader can solve: it is printed as one line in both languages, never with a stack trace. */
export class Problem extends Error {
  constructor(es, en, detail = "") {
    super(en);
    this.es = es;
    this.en = en;
    this.detail = detail;
  }
}

/** One line of progress, Spanish first. */
export function say(es, en) {
  console.log(`· ${es} / ${en}`);
}

/** Runs `work`; a {@link Problem} becomes one line and exit code 1, anything else is our mistake and is shown whole. */
export async function guarded(work) {
  try {
    await work();
  } catch (error) {
    if (error instanceof Problem) {
      if (error.detail) console.error(error.detail);
      console.error(`${error.es} / ${error.en}`);
    } else {
      console.error(error);
    }
    process.exit(1);
  }
}
