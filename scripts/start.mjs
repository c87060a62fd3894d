// `npm start`. This file must parse on any Node that knows modules, so that an old one gets a sentence and not a stack
// trace: plain syntax only, and everything else is imported after the version is known.
var REQUIRED = [20, 20];
var found = process.versions.node.split(".").map(Number);

if (found[0] < REQUIRED[0] || (found[0] === REQUIRED[0] && found[1] < REQUIRED[1])) {
  var need = REQUIRED.join(".");
  console.error("Timonel necesita Node " + need + " o posterior y este es el " + process.versions.node + ": instálalo desde https://nodejs.org y vuelve a probar. / Timonel needs Node " + need + " or later and this is " + process.versions.node + ": install it from https://nodejs.org and try again.");
  process.exitCode = 1;
} else {
  import("./launch.mjs").then(function (launch) {
    return launch.start(process.argv.slice(2));
  });
}
