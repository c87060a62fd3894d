// What `npm start` does once Node is known to be recent enough.
import { refuseBusyPort, wantedHostname, wantedPort } from "./port.mjs";
import { guarded } from "./say.mjs";
import { build, ensureWritable, generate, install, secrets } from "./steps.mjs";

const USAGE = `Usage: npm start
Installs, prepares the database, builds when stale, and serves the site.
  PORT          where to listen (3000)
  HOSTNAME      which address to listen on (all)
  DATABASE_URL  the database (data/timonel.db)
  TIMONEL_DEMO  "off" leaves a new database empty, without the demo class
See .env.example for the rest.`;

/** From a clone to a served site. Every foreseeable refusal is one line in both languages. */
export async function start(args) {
  if (args.includes("--help")) {
    console.log(USAGE);
    return;
  }
  const began = performance.now();
  await guarded(async () => {
    const port = wantedPort();
    const hostname = wantedHostname();
    ensureWritable();
    await refuseBusyPort(port, hostname);
    await install();
    secrets();
    await generate();
    const { demoAccounts, prepareDatabase } = await import("./database.mjs");
    await prepareDatabase();
    await build();
    process.env.NODE_ENV = "production";
    process.env.PORT = String(port);
    process.env.NEXTAUTH_URL ??= `http://localhost:${port}`;
    const { serve } = await import("./serve.mjs");
    await serve({ port, hostname });
    announce(port, await demoAccounts(), performance.now() - began);
  });
}

function announce(port, accounts, elapsed) {
  const origin = process.env.NEXTAUTH_URL ?? `http://localhost:${port}`;
  console.log(`\nTimonel · ${(elapsed / 1000).toFixed(1)} s`);
  console.log(`  Español  ${origin}/es`);
  console.log(`  English  ${origin}/en`);
  if (accounts.length > 0) console.log("\n  Cuentas de demostración / demo sign-ins");
  for (const account of accounts) console.log(`  ${String(account.role).toLowerCase().padEnd(8)} ${account.email}  ${account.password}`);
  console.log("\n  Ctrl+C para parar / to stop");
}
