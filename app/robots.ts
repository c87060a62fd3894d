import type { MetadataRoute } from "next";
import { siteUrl } from "@/app/_ui/site-url";

/** Lessons are for everybody; what belongs to a person is not for robots. */
export default function robots(): MetadataRoute.Robots {
  const closed = ["account", "join", "teach", "progress"].flatMap((page) => [`/es/${page}`, `/en/${page}`]);
  return { rules: { userAgent: "*", allow: "/", disallow: ["/api/", ...closed] }, sitemap: new URL("/sitemap.xml", siteUrl()).href };
}
