import localFont from "next/font/local";

/** The face for reading and for the interface; served by us. */
export const reading = localFont({
  src: "../../node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  variable: "--font-reading",
  weight: "100 900",
  display: "swap",
  adjustFontFallback: "Arial",
});

/** The face for terminals, manifests, addresses and names; loaded when a page first shows some. */
export const code = localFont({
  src: "../../node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
  variable: "--font-code",
  weight: "100 800",
  display: "swap",
  preload: false,
  adjustFontFallback: false,
});
