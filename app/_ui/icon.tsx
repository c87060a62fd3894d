const PATHS = {
  theme: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 0v18M12 7.5h3.6M12 12h4.5M12 16.5h3.6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7.5 8.5c.6-4 3.6-6 7.5-6s6.9 2 7.5 6",
  menu: "M4 7h16M4 12h16M4 17h16",
  check: "M5 12.5l4.5 4.5L19 7.5",
  half: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16Zm0 0v16",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3 2",
  previous: "M14.5 5.5L8 12l6.5 6.5",
  next: "M9.5 5.5L16 12l-6.5 6.5",
  lens: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm4.8 11.3L20 20",
  copy: "M9 9h10v11H9zM5 15V4h10",
  note: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5.5M12 7.5v.5",
  bench: "M3.5 5h17v14h-17zM7 9.5l3 2.5-3 2.5M12.5 15H17",
  card: "M5 4h14v16H5zM8.5 9h7M8.5 12.5h7M8.5 16h4",
} as const;

/** A line drawing of 24 by 24, in the colour of the text around it. Decoration: the words beside it carry the meaning. */
export function Icon({ name, size = 20 }: { name: keyof typeof PATHS; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.75" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" className="shrink-0">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The helm: a ring, a hub and six spokes that end in handles. */
export function Brand({ size = 26 }: { size?: number }) {
  const spokes = [0, 60, 120, 180, 240, 300];
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="2.25" strokeLinecap="round" aria-hidden="true" className="shrink-0">
      <circle cx="16" cy="16" r="9" />
      <circle cx="16" cy="16" r="2.5" fill="currentColor" stroke="none" />
      {spokes.map((angle) => (
        <path key={angle} d="M16 12.2V2.5" transform={`rotate(${angle} 16 16)`} />
      ))}
    </svg>
  );
}
