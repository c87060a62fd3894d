// The built site, on PORT, as `npm start` serves it; prints the port once it listens.
import { serve } from "../../../scripts/serve.mjs";

const port = Number(process.env.PORT);
await serve({ port, hostname: "127.0.0.1" });
process.stdout.write(`${port}\n`);
