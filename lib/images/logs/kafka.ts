import { defineProgram, millis, type AppResponse, type Json, type ProcessView } from "@/lib/engine";
import type { NetworkCommand, Waited } from "../base/network-command";
import { shellPrograms } from "../base/shell-program";
import { defineRepository, type Repository } from "../image";

const PORT = 9092;
const TOPIC = /^[\w.-]{1,249}$/;

type Word =
  | { readonly kafka: "produce"; readonly topic: string; readonly records: readonly string[] }
  | { readonly kafka: "fetch"; readonly topic: string; readonly group?: string; readonly from?: "beginning" | "end"; readonly most: number; readonly commit?: boolean }
  | { readonly kafka: "create" | "delete"; readonly topic: string }
  | { readonly kafka: "topics" }
  | { readonly kafka: "groups"; readonly group: string };

const folderOf = (process: ProcessView): string => (process.env["KAFKA_LOG_DIRS"] ?? process.env["KAFKA_CFG_LOG_DIRS"] ?? "/tmp/kraft-combined-logs").replace(/\/$/, "");
const topicFile = (process: ProcessView, topic: string): string => `${folderOf(process)}/${topic}-0/00000000000000000000.log`;
const groupFile = (process: ProcessView, group: string, topic: string): string => `${folderOf(process)}/__consumer_offsets-0/${group}.${topic}`;
const said = (body: string, status = 0): AppResponse => ({ status, body });

function make(process: ProcessView, topic: string): boolean {
  const path = topicFile(process, topic);
  if (process.files.stat(path)) return true;
  process.files.makeDirectory(path.slice(0, path.lastIndexOf("/")), true);
  return process.files.write(path, "") === undefined;
}

function topics(process: ProcessView): readonly string[] {
  return (process.files.list(folderOf(process)) ?? []).filter((name) => name.endsWith("-0")).map((name) => name.slice(0, -2));
}

const recordsOf = (process: ProcessView, topic: string): readonly string[] => (process.files.read(topicFile(process, topic)) ?? "").split("\n").filter((line) => line !== "");

function fetch(process: ProcessView, word: Extract<Word, { readonly kafka: "fetch" }>): AppResponse {
  const records = recordsOf(process, word.topic);
  const path = word.group === undefined ? undefined : groupFile(process, word.group, word.topic);
  const committed = path === undefined ? undefined : process.files.read(path);
  const from = committed === undefined ? (word.from === "end" ? records.length : 0) : Number(committed);
  const taken = records.slice(from, from + Math.max(0, word.most));
  if (path !== undefined && word.commit === true && taken.length > 0) {
    process.files.makeDirectory(path.slice(0, path.lastIndexOf("/")), true);
    process.files.write(path, String(from + taken.length));
  }
  return said(`ack ${JSON.stringify(taken.map((line) => JSON.parse(line) as string))}`);
}

function answer(process: ProcessView, word: Word): AppResponse {
  if (word.kafka === "topics") return said(`ack ${JSON.stringify(topics(process))}`);
  if ("topic" in word && !TOPIC.test(word.topic)) return said("error The request attempted to perform an operation on an invalid topic.", 17);
  switch (word.kafka) {
    case "produce": {
      if (!make(process, word.topic)) return said("error Disk error when trying to access log file on the disk.", 56);
      const problem = process.files.append(topicFile(process, word.topic), word.records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      return problem === undefined ? said("ack") : said("error Disk error when trying to access log file on the disk.", 56);
    }
    case "fetch":
      return fetch(process, word);
    case "create":
      if (topics(process).includes(word.topic)) return said(`error Topic '${word.topic}' already exists.`, 36);
      return make(process, word.topic) ? said("ack") : said("error Disk error when trying to access log file on the disk.", 56);
    case "delete":
      if (!topics(process).includes(word.topic)) return said(`error Topic '${word.topic}' does not exist as expected`, 3);
      process.files.remove(`${folderOf(process)}/${word.topic}-0`, true);
      return said("ack");
    default: {
      const lines = topics(process).flatMap((topic) => {
        const committed = process.files.read(groupFile(process, word.group, topic));
        const end = recordsOf(process, topic).length;
        return committed === undefined ? [] : [{ topic, current: Number(committed), end }];
      });
      return said(`ack ${JSON.stringify(lines)}`);
    }
  }
}

function wordIn(body: string): Word | undefined {
  if (!body.startsWith('{"kafka":')) return undefined;
  try {
    return JSON.parse(body) as Word;
  } catch {
    return undefined;
  }
}

/** A broker with its queues in files: what was produced stays until its disk goes, and each group of readers has its own place. */
const broker = defineProgram<Json>({
  start(process) {
    if (process.portTaken(PORT)) return { state: null, log: ["[ERROR] Socket server failed to bind to 0.0.0.0:9092: Address already in use."], exit: { code: 1 } };
    process.files.makeDirectory(folderOf(process), true);
    if (!process.files.lock(folderOf(process))) return { state: null, log: [`[ERROR] Failed to acquire lock on file .lock in ${folderOf(process)}. A Kafka instance in another process or thread is using this directory.`], exit: { code: 1 } };
    return { state: "starting", log: ["===> Running in KRaft mode, skipping Zookeeper"], wakeAfter: { delay: millis(5_000), message: null }, usage: { cpuMilli: 20, memoryBytes: 400_000_000 } };
  },
  onTimer: (_state, _message, process) => ({ state: "ready", listen: [PORT], log: [`[${process.timestamp.slice(0, 19).replace("T", " ")},000] INFO [KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)`] }),
  onRequest(state, request, process) {
    const word = wordIn(request.body);
    return { state, response: word ? answer(process, word) : said("") };
  },
  onSignal: (state) => ({ state, exit: { code: 143 } }),
});

const valueOf = (argv: readonly string[], name: string): string | undefined => {
  const at = argv.indexOf(name);
  return at >= 0 ? argv[at + 1] : argv.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
};

/** Asks the broker named on the command line. */
function tool(run: (argv: readonly string[], stdin: string, ask: (word: Word) => { readonly body?: string; readonly latency: number }) => Waited): NetworkCommand {
  return ({ argv, stdin = "" }, process) => {
    const [host = "", port = "9092"] = (valueOf(argv, "--bootstrap-server") ?? valueOf(argv, "--broker-list") ?? "").split(":");
    if (host === "") return { takes: 0, result: { status: 1, stderr: "Missing required argument \"[bootstrap-server]\"\n" } };
    let failed: Waited | undefined;
    const done = run(argv, stdin, (word) => {
      const { response, latency, outcome } = process.request({ protocol: "tcp", host, port: Number(port), body: JSON.stringify(word), timeout: millis(60_000) });
      if (!response || !/^(ack|error)/.test(response.body)) {
        const text = outcome === "no-such-host" ? `WARN Couldn't resolve server ${host}:${port} from bootstrap.servers as DNS resolution failed for ${host}\nException in thread "main" org.apache.kafka.common.KafkaException: Failed to create new KafkaAdminClient\n` : `WARN Connection to node -1 (${host}:${port}) could not be established. Node may not be available.\n`;
        failed = { takes: 60_000, result: { status: 1, stderr: text } };
        return { latency };
      }
      return { body: response.body, latency };
    });
    return failed ?? done;
  };
}

const ended = (body: string | undefined, takes: number, stdout = ""): Waited => (body?.startsWith("error") === true ? { takes, result: { status: 1, stdout: `Error while executing topic command : ${body.slice(6)}\n` } } : { takes, result: { status: 0, stdout } });

const kafkaTopics = tool((argv, _stdin, ask) => {
  const topic = valueOf(argv, "--topic") ?? "";
  if (argv.includes("--create")) {
    const { body, latency } = ask({ kafka: "create", topic });
    return ended(body, latency, `Created topic ${topic}.\n`);
  }
  if (argv.includes("--delete")) {
    const { body, latency } = ask({ kafka: "delete", topic });
    return ended(body, latency);
  }
  const { body, latency } = ask({ kafka: "topics" });
  const names = JSON.parse(body?.slice(4) ?? "[]") as readonly string[];
  if (argv.includes("--list")) return ended(body, latency, names.map((name) => `${name}\n`).join(""));
  return ended(body, latency, names.filter((name) => topic === "" || name === topic).map((name) => `Topic: ${name}\tPartitionCount: 1\tReplicationFactor: 1\tConfigs: \n\tTopic: ${name}\tPartition: 0\tLeader: 1\tReplicas: 1\tIsr: 1\n`).join(""));
});

const kafkaProducer = tool((argv, stdin, ask) => {
  const { body, latency } = ask({ kafka: "produce", topic: valueOf(argv, "--topic") ?? "", records: stdin.split("\n").filter((line) => line !== "") });
  return ended(body, latency);
});

/** @simplified Ends when it has printed what there is, instead of waiting for more. */
const kafkaConsumer = tool((argv, _stdin, ask) => {
  const group = valueOf(argv, "--group");
  const { body, latency } = ask({ kafka: "fetch", topic: valueOf(argv, "--topic") ?? "", from: argv.includes("--from-beginning") ? "beginning" : "end", most: Number(valueOf(argv, "--max-messages") ?? 1_000_000), ...(group === undefined ? {} : { group, commit: true }), ...(group === undefined && !argv.includes("--from-beginning") ? { group: "console" } : {}) });
  if (body?.startsWith("error") === true) return ended(body, latency);
  const records = JSON.parse(body?.slice(4) ?? "[]") as readonly string[];
  return { takes: latency, result: { status: 0, stdout: records.map((record) => `${record}\n`).join(""), stderr: `Processed a total of ${records.length} messages\n` } };
});

const kafkaGroups = tool((argv, _stdin, ask) => {
  const group = valueOf(argv, "--group") ?? "";
  const { body, latency } = ask({ kafka: "groups", group });
  const lines = JSON.parse(body?.slice(4) ?? "[]") as readonly { readonly topic: string; readonly current: number; readonly end: number }[];
  return ended(body, latency, `\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG\n${lines.map(({ topic, current, end }) => `${group.padEnd(15)} ${topic.padEnd(15)} 0          ${String(current).padEnd(15)} ${String(end).padEnd(15)} ${end - current}\n`).join("")}`);
});

const both = (name: string, run: NetworkCommand): Readonly<Record<string, NetworkCommand>> => ({ [name]: run, [`${name}.sh`]: run });
const tools = { ...both("kafka-topics", kafkaTopics), ...both("kafka-console-producer", kafkaProducer), ...both("kafka-console-consumer", kafkaConsumer), ...both("kafka-consumer-groups", kafkaGroups) };

/** Kafka: a queue between who writes events and who reads them. */
export const kafka: readonly Repository[] = ["docker.io/apache/kafka", "docker.io/bitnami/kafka", "docker.io/bitnamilegacy/kafka", "docker.io/confluentinc/cp-kafka"].map((name) =>
  defineRepository(name, () => ({
    entrypoint: ["/etc/kafka/docker/run"],
    workingDir: "/opt/kafka",
    ports: [PORT],
    programs: shellPrograms(tools, ["bash"], { run: broker, "kafka-server-start.sh": broker }),
    megabytes: 380,
  })),
);
