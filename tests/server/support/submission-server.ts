/**
 * The submission use case behind a bare HTTP server, in a process that a test may kill: real database, real threads, the
 * fixture course and a fake grader. `POST /` with `x-test-user` takes a submission; prints its port once it listens.
 */
import { createServer } from "node:http";
import { Refusal, type CurrentUser } from "@/lib/auth";
import { submitAnswer } from "@/lib/progress";

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    const id = String(request.headers["x-test-user"]);
    const user: CurrentUser = { id, email: "", name: "", role: "STUDENT", locale: "es", theme: "system" };
    submitAnswer(user, JSON.parse(Buffer.concat(pieces).toString("utf8")), "test").then(
      (result) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result)),
      (error: unknown) => response.writeHead(error instanceof Refusal ? 400 : 500).end(String(error)),
    );
  });
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.stdout.write(`${address.port}\n`);
});
