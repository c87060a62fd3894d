// monaco-editor 0.57: features and languages are modules to opt into.
import "monaco-editor/features/register.all.js";
import "monaco-editor/languages/definitions/yaml/register.js";

export * from "monaco-editor/editor.js";
