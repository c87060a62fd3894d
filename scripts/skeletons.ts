/** What `npm run new` writes: for each thing one can add, its files and the line that lists it. */
export interface Skeleton {
  readonly files: Readonly<Record<string, string>>;
  /** Where it is listed, and what to write there. */
  readonly listedIn: string;
  readonly line: string;
}

/** A thing one can add: how its name is written, and what it starts as. */
export interface Addition {
  readonly what: string;
  readonly name: RegExp;
  readonly example: string;
  make(name: string): Skeleton;
}

const slug = "[a-z0-9]+(?:-[a-z0-9]+)*";
const camel = (name: string): string => name.replace(/[-/](\w)/g, (_, letter: string) => letter.toUpperCase());
const pascal = (name: string): string => camel(`-${name}`);
const last = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** A test that fails until somebody says what the thing promises. */
function promise(name: string, from: string, what: string): string {
  return `import { expect, test } from "vitest";
import { ${name} } from "./${from}";

test("${name} keeps its promise", () => {
  expect(${name}).toBeDefined();
  expect.fail("say here what this ${what} promises, and see it refuse what it must refuse");
});
`;
}

const lesson: Addition = {
  what: "lesson",
  name: new RegExp(`^\\d\\d-${slug}/${slug}$`),
  example: "06-networking/my-lesson",
  make(name) {
    const folder = `content/modules/${name}`;
    const page = (title: string, aim: string, card: string): string => `${title}\n\n## ${aim}\n\n<Summary>\n\n- ${card}\n\n</Summary>\n`;
    return {
      files: {
        [`${folder}/lesson.yaml`]: "id: L00\nfixture: three-nodes\nexercises: []\nfineprint: []\nscenes: []\n",
        [`${folder}/es.mdx`]: page("Un caso, y una pregunta que el lector responde antes de seguir.", "Primero", "Lo que merece quedarse en una hoja."),
        [`${folder}/en.mdx`]: page("A case, and a question the reader answers before going on.", "First", "What deserves to stay on a sheet."),
      },
      listedIn: `content/modules/${name.split("/")[0]}/module.yaml`,
      line: `folder: ${last(name)}   (in the lesson's entry; lesson.yaml repeats its id)`,
    };
  },
};

const exercise: Addition = {
  what: "exercise",
  name: new RegExp(`^\\d\\d-${slug}/${slug}/${slug}$`),
  example: "06-networking/my-lesson/my-exercise",
  make(name) {
    const [module, inLesson, id] = name.split("/") as [string, string, string];
    const folder = `content/modules/${module}/${inLesson}/exercises/${id}`;
    return {
      files: {
        [`${folder}/exercise.ts`]: exerciseCode(id),
        [`${folder}/task.es.mdx`]: "Qué hay, qué se pide y cómo se sabrá que está hecho.\n",
        [`${folder}/task.en.mdx`]: "What there is, what is asked, and how one will know it is done.\n",
        [`${folder}/solution/commands.txt`]: "kubectl create deployment web --image=nginx:1.27\n",
        [`${folder}/wrong/nothing-done/commands.txt`]: "kubectl get pods\n",
        [`${folder}/wrong/nothing-done/expected.yaml`]: `why: { es: "No se crea nada", en: "Nothing is created" }\nfails: { runs: ${id}.nothing-runs }\n`,
      },
      listedIn: `content/modules/${module}/${inLesson}/lesson.yaml`,
      line: `exercises: [${id}]   (and <Exercise id="${id}"/> once in es.mdx and en.mdx)`,
    };
  },
};

function exerciseCode(id: string): string {
  return `import { defineExercise } from "@/lib/grader";

export default defineExercise({
  id: "${id}",
  lesson: "L00",
  kind: "terminal",
  difficulty: 1,
  title: { es: "Un título que dice qué se consigue", en: "A title that says what is achieved" },
  setup: () => ({ fixture: "three-nodes" }),
  checks: [
    {
      id: "runs",
      title: { es: "Lo pedido funciona", en: "What was asked for works" },
      points: 1,
      run: () => ({
        passed: false,
        code: "${id}.nothing-runs",
        message: { es: "Todavía no hay nada en marcha.", en: "Nothing is running yet." },
        next: { es: "Mira qué pods hay.", en: "Look at the pods there are." },
        evidence: [],
      }),
    },
  ],
  hints: [
    { es: "Orienta.", en: "Orients." },
    { es: "Señala dónde mirar.", en: "Points at where to look." },
    { es: "Casi lo dice.", en: "Almost says it." },
  ],
});
`;
}

const kind: Addition = {
  what: "kind",
  name: /^[a-z]+\/[a-z]+$/,
  example: "batch/job",
  make(name) {
    const folder = `lib/engine/resources/${name}`;
    const one = last(name);
    return {
      files: {
        [`${folder}/${one}.ts`]: `import type { KubeObject } from "../../../apimachinery/meta";\n\n/** ${name}. */\nexport interface ${pascal(one)} extends KubeObject {\n  readonly spec?: Record<string, never>;\n}\n`,
        [`${folder}/index.ts`]: `import { defineResource } from "../../define";\nimport type { ${pascal(one)} } from "./${one}";\n\n/** What the API server knows of a ${pascal(one)}. */\nexport const ${one} = defineResource<${pascal(one)}>({ kind: "${name.split("/")[0]}/v1/${pascal(one)}", plural: "${one}s" });\n`,
        [`${folder}/${one}.test.ts`]: promise(one, "index", "kind"),
      },
      listedIn: "lib/engine/resources/index.ts",
      line: `${one},   (and its columns, defaults and validation beside it)`,
    };
  },
};

const controller: Addition = {
  what: "controller",
  name: /^[a-z]+$/,
  example: "ttlafterfinished",
  make(name) {
    const folder = `lib/engine/controllers/${name}`;
    return {
      files: {
        [`${folder}/index.ts`]: `import { POD } from "../../apimachinery/kinds";\nimport type { Controller } from "../controller";\n\n/** Keeps … Upstream: pkg/controller/${name}. */\nexport const ${name}: Controller = {\n  name: "${name}",\n  reconciles: POD,\n  watches: [],\n  reconcile(key, context) {\n    const object = context.client.get(POD, key);\n    if (!object) return;\n  },\n};\n`,
        [`${folder}/${name}.test.ts`]: promise(name, "index", "controller"),
      },
      listedIn: "lib/engine/controllers/index.ts",
      line: `${name},`,
    };
  },
};

const plugin: Addition = {
  what: "plugin",
  name: /^[a-z]+$/,
  example: "imagelocality",
  make(name) {
    const folder = `lib/engine/scheduler/plugins/${name}`;
    return {
      files: {
        [`${folder}/index.ts`]: `import type { SchedulerPlugin } from "../../framework";\n\n/** Prefers … Upstream: pkg/scheduler/framework/plugins/${name}. */\nexport const ${name}: SchedulerPlugin = {\n  name: "${pascal(name)}",\n  filter() {\n    return { code: "Success" };\n  },\n};\n`,
        [`${folder}/${name}.test.ts`]: promise(name, "index", "plugin"),
      },
      listedIn: "lib/engine/scheduler/plugins/index.ts",
      line: `${name},   (its name spelt as upstream spells it)`,
    };
  },
};

const image: Addition = {
  what: "image",
  name: new RegExp(`^${slug}$`),
  example: "redis",
  make(name) {
    const folder = `lib/images/${name}`;
    return {
      files: {
        [`${folder}/index.ts`]: `import type { Program } from "@/lib/engine";\n\n/** What the main process of ${name} does: it listens, and answers every request with 200. */\nexport const ${camel(name)}: Program<null> = {\n  start: () => ({ state: null, listen: [80] }),\n  onRequest: () => ({ state: null, response: { status: 200, headers: {}, body: "" } }),\n};\n`,
        [`${folder}/${name}.test.ts`]: promise(camel(name), "index", "image"),
      },
      listedIn: "lib/images/index.ts",
      line: `${camel(name)},`,
    };
  },
};

const verb: Addition = {
  what: "verb",
  name: /^[a-z]+$/,
  example: "wait",
  make(name) {
    const folder = `lib/kubectl/verbs/${name}`;
    return {
      files: {
        [`${folder}/index.ts`]: `import type { Command } from "../../command";\n\n/** \`kubectl ${name}\`. */\nexport const ${name}: Command = {\n  name: "${name}",\n  summary: "One line for the list of commands",\n  run(call) {\n    call.err("error: not a command yet");\n    return 1;\n  },\n};\n`,
        [`${folder}/${name}.test.ts`]: promise(name, "index", "verb"),
      },
      listedIn: "lib/kubectl/verbs/index.ts",
      line: `${name},`,
    };
  },
};

const check: Addition = {
  what: "check",
  name: new RegExp(`^${slug}$`),
  example: "survives",
  make(name) {
    return {
      files: {
        [`lib/grader/checks/${name}.ts`]: `import type { Finding, Probe } from "../exercise";\n\n/** Does it …? Breaks nothing the other checks see: the probe is a fork. */\nexport function ${camel(name)}(probe: Probe): Finding {\n  if (probe.files.size > 0) return { passed: true };\n  return {\n    passed: false,\n    code: "${name}.nothing-there",\n    message: { es: "No hay nada que mirar.", en: "There is nothing to look at." },\n    next: { es: "Escribe un manifiesto.", en: "Write a manifest." },\n    evidence: [],\n  };\n}\n`,
        [`lib/grader/checks/${name}.test.ts`]: promise(camel(name), name, "check"),
      },
      listedIn: "lib/grader/checks/index.ts",
      line: `export { ${camel(name)} } from "./${name}";`,
    };
  },
};

/** Everything one can add, in the order of CONTRIBUTING.md. */
export const additions: readonly Addition[] = [kind, controller, plugin, image, verb, check, lesson, exercise];
