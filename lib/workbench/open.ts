import { createCluster, CUSTOM_RESOURCE_DEFINITION, keyOf, kindOf, millis, type Cluster, type Instant, type Json, type JsonObject, type Millis } from "@/lib/engine";
import { catalog } from "@/lib/images";
import { parseManifests, parseYaml } from "@/lib/manifest";
import { inClusterDoor } from "@/lib/rest";
import { doRequest } from "./api-request";
import type { Effect, TerminalOutput, Workbench, WorkbenchSetup } from "./bench";
import { completions } from "./complete";
import { kubectlProgram } from "./commands/kubectl";
import { sshProgram } from "./commands/machine";
import { finish, networkPrograms } from "./commands/network";
import { createDisk, type Disk } from "./disk";
import { fixtures, kubernetesVersion } from "./fixtures/index";
import { published } from "./fixtures/published";
import { answerLimits, clusterLimits, type Input } from "./input";
import { freshTerminal, interrupt, runLine, tick, type Answered, type TerminalHost, type TerminalProgram, type TerminalState, type Turn } from "./terminal";

/** Most virtual time a command that waits may take before it is left in the foreground. */
const PATIENCE = 15 * 60_000;
/** How long objects applied before the student arrives may take to come to rest. */
const SETTLING = { quietFor: millis(15_000), atMost: millis(900_000) };
/** Most turns of the terminal within one input, turns spent in full, and text: then the command is left in the foreground. */
const MOST = { turns: 1500, busyTurns: 5, text: 1_000_000 } as const;
/** What turns of the terminal count as among the cluster's pieces of work, so that a budget covers both: a full one, and one for each so many characters. */
const WORK = { busyTurn: 200, characters: 200 } as const;
const UNKNOWN: Effect = { refused: { code: "answer.bad-input", params: {} } };
const HOUR = 3_600_000;
/** 2026-01-01T00:00:00Z, the instant every cluster is born. */
const EPOCH = 1_767_225_600_000;

/** Opens a workbench: the fixture's cluster with the exercise's objects at rest, the files on the disk, an empty journal. */
export function openWorkbench(setup: WorkbenchSetup): Workbench {
  const cluster = createCluster({
    ...fixtures[setup.fixture],
    seed: setup.seed,
    kubernetesVersion,
    images: { ...catalog, readManifest: (text) => parseYaml(text).documents[0]?.value },
    limits: clusterLimits,
    ...(setup.stepBudget === undefined ? {} : { stepBudget: setup.stepBudget }),
  });
  cluster.serveApi(inClusterDoor);
  cluster.settle(SETTLING);
  for (const name of setup.installs ?? []) {
    for (const { value } of parseManifests(published[name]).documents) apply(cluster, value);
    cluster.settle(SETTLING);
  }
  for (const object of setup.objects ?? []) apply(cluster, object);
  if ((setup.objects ?? []).length > 0) cluster.settle(SETTLING);
  const bench = makeBench({ cluster, disk: createDisk(setup.files ?? {}, () => EPOCH), terminal: freshTerminal(), responses: new Map(), inputs: [], fixture: setup.fixture });
  if ((setup.prelude ?? []).length === 0) return bench;
  for (const input of setup.prelude ?? []) bench.apply(input);
  return bench.withEmptyJournal();
}

function apply(cluster: Cluster, object: JsonObject): void {
  const admin = cluster.as("kubernetes-admin");
  const kind = kindOf(object as unknown as { readonly apiVersion: string; readonly kind: string });
  const draft = object as unknown as Parameters<typeof keyOf>[0];
  const namespace = admin.definition(kind)?.namespaced === false ? "" : (draft.metadata.namespace ?? "default");
  const key = { namespace, name: draft.metadata.name };
  if (key.name !== undefined && admin.get(kind, key)) admin.patch({ kind, ...key }, { type: "merge", body: object });
  else admin.create(object);
  // What is defined here may be used by what follows.
  if (kind === CUSTOM_RESOURCE_DEFINITION) cluster.advance(millis(0));
}

interface Held {
  readonly cluster: Cluster;
  readonly disk: Disk;
  readonly terminal: TerminalState;
  readonly responses: ReadonlyMap<string, Json>;
  readonly inputs: readonly Input[];
  readonly fixture: WorkbenchSetup["fixture"];
}

function makeBench(from: Held): Workbench & { withEmptyJournal(): Workbench } {
  const { cluster, disk } = from;
  let { terminal } = from;
  const responses = new Map(from.responses);
  let inputs: readonly Input[] = from.inputs;
  const programs = weighed(programsFor(cluster, disk), cluster);

  const host = (): TerminalHost => ({ disk, now: cluster.now, wallClock: EPOCH + cluster.now, programs });
  const held = (): Held => ({ ...from, terminal, responses, inputs });
  const follow = (first: Turn, patience: number): TerminalOutput => {
    const done = settleCommand(cluster, first, patience, host);
    // A shell that ended (`exit`, or a fault of its own) gives way to a new one: the student is never without a terminal.
    terminal = done.status === "exited" ? freshTerminal() : done.state;
    return { stdout: done.stdout, stderr: done.stderr, exitCode: done.code, running: done.status !== "idle" && done.status !== "exited" };
  };
  const foreground = (): boolean => terminal.busy || Object.keys(terminal.jobs).length > 0;

  const doInput = (input: Input): Effect => {
    switch (input.type) {
      case "save-file":
        if (input.text.length > answerLimits.file) return { refused: { code: "workbench.file-too-large", params: { limit: answerLimits.file } } };
        disk.write(input.path, input.text);
        return {};
      case "delete-file":
        disk.remove(input.path);
        return {};
      case "run":
        if (input.line.length > answerLimits.line) return { refused: { code: "workbench.line-too-long", params: { limit: answerLimits.line } } };
        if (foreground()) terminal = interrupt(terminal, host());
        return { output: follow(runLine(terminal, input.line, host()), PATIENCE) };
      case "interrupt":
        terminal = interrupt(terminal, host());
        return { output: { stdout: "", stderr: "^C\n", exitCode: 130, running: false } };
      case "advance":
        if (cluster.now + input.millis > answerLimits.virtualHours * HOUR) return { refused: { code: "workbench.too-much-time", params: { limit: answerLimits.virtualHours } } };
        return advance(cluster, input.millis, foreground, () => terminal.busy, (budget) => follow(tick(terminal, host()), budget));
      case "respond":
        responses.set(input.question, input.value);
        return {};
      case "machine":
        if (!cluster.machines.list().some((machine) => machine.name === input.name)) return { refused: { code: "workbench.no-such-machine", params: { name: input.name } } };
        return operate(cluster, input) ? {} : UNKNOWN;
      case "send": {
        const trace = cluster.send(input.from, input.request);
        return { trace, dns: cluster.resolve(input.from, input.request.host) };
      }
      case "world":
        changeWorld(cluster, input.change);
        return {};
      case "request":
        return doRequest(cluster, input);
    }
    // A journal of another engine may hold what this one has never heard of.
    return UNKNOWN;
  };

  return {
    cluster,
    get files() {
      return disk.files();
    },
    responses,
    get inputs() {
      return inputs;
    },
    apply(input) {
      const effect = doInput(input);
      if (!effect.refused) inputs = withInput(inputs, input);
      return effect;
    },
    fork: () => makeBench({ ...held(), cluster: cluster.fork(), disk: createDisk(disk.tree, () => EPOCH) }),
    complete: (line) => completions(line, cluster, disk),
    withEmptyJournal: () => makeBench({ ...held(), inputs: [] }),
  };
}

function programsFor(cluster: Cluster, disk: Disk): ReadonlyMap<string, TerminalProgram> {
  const desk = ["cliente", "laptop"].find((name) => cluster.world.host(name) !== undefined) ?? "laptop";
  const from = { host: desk };
  const programs = [kubectlProgram(cluster, disk), ...networkPrograms(cluster, from, disk), sshProgram(cluster), finish];
  const map = new Map(programs.map((program) => [program.name, program]));
  const kubectl = map.get("kubectl");
  return kubectl ? new Map([...map, ["k", kubectl]]) : map;
}

/** What programs print is work too, wherever a pipe takes it. */
function weighed(programs: ReadonlyMap<string, TerminalProgram>, cluster: Cluster): ReadonlyMap<string, TerminalProgram> {
  const weigh = (answer: Answered): Answered => {
    const { stdout = "", stderr = "" } = "result" in answer ? answer.result : answer;
    cluster.charge(1 + Math.trunc((stdout.length + stderr.length) / WORK.characters));
    return answer;
  };
  return new Map(
    [...programs].map(([name, program]): [string, TerminalProgram] => {
      const { resume } = program;
      return [name, { name: program.name, start: (command) => weigh(program.start(command)), ...(resume ? { resume: (job, command) => weigh(resume(job, command)) } : {}) }];
    }),
  );
}

/** Advances virtual time while the foreground command waits, in steps that grow with the wait. */
function settleCommand(cluster: Cluster, first: Turn, patience: number, host: () => TerminalHost): Turn {
  let turn = first;
  let { stdout, stderr } = first;
  const start = cluster.now;
  let busyTurns = workOf(cluster, first);
  for (let turns = 1; (turn.status === "waiting" || turn.status === "budget") && !turn.endless && cluster.now - start < patience; turns += 1) {
    if (turns >= MOST.turns || busyTurns >= MOST.busyTurns || stdout.length + stderr.length > MOST.text) break;
    const waited = cluster.now - start;
    const step = turn.wakeAt === undefined ? (waited < 10_000 ? 100 : 1000) : Math.max(0, turn.wakeAt - cluster.now);
    cluster.advance(millis(Math.min(step, patience - waited)));
    turn = tick(turn.state, host());
    busyTurns += workOf(cluster, turn);
    stdout += turn.stdout;
    stderr += turn.stderr;
  }
  return { ...turn, stdout, stderr };
}

/** Counts a turn as work; 1 when the terminal used it up to the end, else 0. @throws {BudgetExceeded} */
function workOf(cluster: Cluster, { status, stdout, stderr }: Turn): number {
  const busy = status === "budget" ? 1 : 0;
  cluster.charge(1 + busy * WORK.busyTurn + Math.trunc((stdout.length + stderr.length) / WORK.characters));
  return busy;
}

/** Lets time pass; a command in the foreground sees it pass in slices, so that a watch prints what happens in between. */
function advance(cluster: Cluster, length: Millis, foreground: () => boolean, isBusy: () => boolean, look: (budget: number) => TerminalOutput): Effect {
  const whole = Number.isFinite(length) ? Math.max(0, Math.trunc(length)) : 0;
  if (!foreground()) {
    cluster.advance(millis(whole));
    return {};
  }
  const end = (cluster.now + whole) as Instant;
  const slice = Math.max(500, Math.trunc(whole / 100));
  let stdout = "";
  let stderr = "";
  let last: TerminalOutput | undefined;
  const before = cluster.steps;
  while (cluster.now < end) {
    cluster.advance(millis(Math.min(slice, end - cluster.now)));
    last = foreground() ? look(0) : last;
    stdout += foreground() || last?.running === false ? (last?.stdout ?? "") : "";
    stderr += last?.stderr ?? "";
    // A loop without end is not watched for all that time: it goes on when the student looks again.
    const enough = isBusy() && cluster.steps - before > MOST.busyTurns * WORK.busyTurn;
    if (enough || last?.running === false || stdout.length + stderr.length > MOST.text) {
      cluster.advance(millis(end - cluster.now));
      break;
    }
  }
  return last ? { output: { ...last, stdout, stderr } } : {};
}

function operate(cluster: Cluster, input: Extract<Input, { readonly type: "machine" }>): boolean {
  const { machines } = cluster;
  const hands: Readonly<Record<string, (node: string) => void>> = { "power-off": machines.powerOff, "power-on": machines.powerOn, disconnect: machines.disconnect, reconnect: machines.reconnect };
  const hand = Object.hasOwn(hands, input.do) ? hands[input.do] : undefined;
  hand?.(input.name);
  return hand !== undefined;
}

function changeWorld(cluster: Cluster, change: Extract<Input, { readonly type: "world" }>["change"]): void {
  if (change.do === "set-dns") cluster.world.setRecord(change.name, change.address);
  else cluster.world.setBalancer({ host: change.host, port: change.port, backends: change.backends, ...(change.healthCheck ? { healthCheck: change.healthCheck } : {}) });
}

/** Consecutive advances are one input: equal by definition, and a waiting student does not fill the journal. */
function withInput(inputs: readonly Input[], input: Input): readonly Input[] {
  const last = inputs.at(-1);
  if (input.type === "advance" && last?.type === "advance") return [...inputs.slice(0, -1), { type: "advance", millis: millis(last.millis + input.millis) }];
  if (input.type === "save-file" && last?.type === "save-file" && last.path === input.path) return [...inputs.slice(0, -1), input];
  return [...inputs, input];
}
