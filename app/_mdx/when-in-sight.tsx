"use client";
import { useEffect, useRef, useState, type ReactNode } from "react";

const SIGNS_OF_LIFE = ["pointermove", "pointerdown", "keydown", "scroll", "focusin"] as const;

/**
 * Renders what it holds once it is (nearly) in sight and somebody is reading: a page opened in a background tab, or by a
 * robot, does not pay for a cluster. Its box has its height from the start, so nothing jumps.
 */
export function WhenInSight({ height, waiting, children }: { height: string; waiting: ReactNode; children: () => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [shown, show] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    // Somebody may have moved before this was here: the loader of a lesson's scripts says so.
    let reading = "timonelAwake" in window;
    let near = false;
    const decide = () => {
      if (!reading || !near) return;
      stop();
      show(true);
    };
    const awake = () => {
      reading = true;
      decide();
    };
    const sight = new IntersectionObserver(
      (entries) => {
        near = entries.some((entry) => entry.isIntersecting);
        decide();
      },
      { rootMargin: "300px 0px" },
    );
    const stop = () => {
      sight.disconnect();
      for (const sign of SIGNS_OF_LIFE) window.removeEventListener(sign, awake);
    };
    for (const sign of SIGNS_OF_LIFE) window.addEventListener(sign, awake, { passive: true });
    sight.observe(element);
    return stop;
  }, []);
  return (
    <div ref={box} data-awaits="sight" style={{ height }} className="overflow-auto">
      {shown ? children() : waiting}
    </div>
  );
}
