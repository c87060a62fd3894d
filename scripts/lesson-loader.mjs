// After `next build`: a lesson is text first. Its page fetches the site's scripts when somebody touches a control or a
// living part comes into sight, not before. Reading, links, menus and folds work without them.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

const SCRIPT = /<script src="(\/_next\/static\/[^"]+)"(?: id="[^"]*")? async=""><\/script>/g;
const PRELOAD = /<link rel="preload" as="script"[^>]*\/>/g;
/** What a page with living parts holds: see app/_mdx/when-in-sight.tsx and app/_course/visit.tsx. */
const AWAITS = "data-awaits";

/** Rewrites the built lessons. Says how many. A page it does not recognise stays as Next made it. */
export function deferLessonScripts() {
  let rewritten = 0;
  for (const locale of ["es", "en"]) {
    const folder = join(root, ".next/server/app", locale);
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".html"))) {
      const page = readFileSync(join(folder, name), "utf8");
      const deferred = page.includes(AWAITS) ? deferScripts(page) : page;
      if (deferred === page) continue;
      writeFileSync(join(folder, name), deferred);
      rewritten += 1;
    }
  }
  return rewritten;
}

/** The same page with its scripts named in one small loader at its end, to be fetched at the first sign of life. */
export function deferScripts(page) {
  const sources = [...page.matchAll(SCRIPT)].map(([, source]) => source);
  if (sources.length === 0 || !page.includes("</body>")) return page;
  const bare = page.replace(SCRIPT, "").replace(PRELOAD, "");
  const loader = `<script>(${loadAtFirstSign.toString()})(${JSON.stringify([...new Set(sources)])},${JSON.stringify(AWAITS)})</script>`;
  const end = bare.lastIndexOf("</body>");
  return bare.slice(0, end) + loader + bare.slice(end);
}

/**
 * Runs in the page. Controls start the scripts when they are pointed at, focused or pressed; a living part in sight starts
 * them once anybody is there; a reader this browser knows (an account, something done) gets them at once, for the marks and
 * the name. A button pressed too early is pressed again as soon as React owns it.
 */
function loadAtFirstSign(sources, awaits) {
  const CONTROLS = "button, summary, input, select, textarea, [role=button]";
  const SIGNS = ["pointermove", "pointerdown", "keydown", "scroll", "focusin", "touchstart"];
  let missing = sources;
  let awake = false;
  let near = false;
  const start = () => {
    const wanted = missing;
    missing = [];
    for (const source of wanted) {
      const script = document.createElement("script");
      script.src = source;
      script.async = true;
      // Without network: the next sign of life tries again.
      script.onerror = () => {
        script.remove();
        missing = [...missing, source];
      };
      document.head.append(script);
    }
  };
  const controlOf = (event) => (event.target instanceof Element ? event.target.closest(CONTROLS) : null);
  const owned = (element) => Object.keys(element).some((key) => key.startsWith("__reactProps"));
  const sign = (event) => {
    awake = true;
    window.timonelAwake = true;
    if (near || controlOf(event)) start();
  };
  for (const name of SIGNS) addEventListener(name, sign, { passive: true, capture: true });
  addEventListener("pointerover", (event) => controlOf(event) && start(), { passive: true, capture: true });
  const pressed = (event) => {
    const control = controlOf(event);
    if (!control || control.tagName !== "BUTTON" || owned(control)) return;
    const listening = Object.keys(document).some((key) => key.startsWith("_reactListening"));
    start();
    setTimeout(() => {
      // React was there and took this very press as its own.
      if (listening && owned(control)) return;
      const until = Date.now() + 15_000;
      const again = setInterval(() => {
        if (!owned(control) && Date.now() < until) return;
        clearInterval(again);
        // One more turn, so that the effects of the first render have run.
        if (owned(control)) setTimeout(() => control.click(), 0);
      }, 30);
    }, 0);
  };
  addEventListener("click", pressed, { capture: true });
  const sight = new IntersectionObserver(
    (entries) => {
      near = entries.some((entry) => entry.isIntersecting) || near;
      if (near && awake) start();
    },
    { rootMargin: "300px 0px" },
  );
  for (const part of document.querySelectorAll(`[${awaits}]`)) sight.observe(part);
  try {
    if (localStorage.getItem("timonel.progress") !== null || localStorage.getItem("timonel.known") !== null) start();
  } catch {
    // A browser that keeps nothing knows nobody.
  }
}
