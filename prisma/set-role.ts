/**
 * Appoints someone: `node --conditions=react-server --import tsx prisma/set-role.ts EMAIL STUDENT|TEACHER|ADMIN`.
 *
 * The way to the first administrator, for whoever can reach the server's disk; after that, administrators appoint.
 */
import { db } from "@/lib/db";

const [email, role] = process.argv.slice(2);
if (email === undefined || (role !== "STUDENT" && role !== "TEACHER" && role !== "ADMIN")) {
  console.error("Usage: set-role.ts EMAIL STUDENT|TEACHER|ADMIN");
  process.exit(2);
}
const { count } = await db.user.updateMany({ where: { email: email.trim().toLowerCase() }, data: { role, sessionVersion: { increment: 1 } } });
console.log(count === 0 ? `no account with the address ${email}` : `${email} is now ${role}`);
process.exit(count === 0 ? 1 : 0);
