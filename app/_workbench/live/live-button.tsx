"use client";
import { useId, useRef, useState, type ReactNode } from "react";
import { usePerson } from "@/app/_account/session";
import { CopyButton } from "@/app/_mdx/copy-button";
import { fill, useBench } from "../bench-context";
import type { Connection } from "./link";

const FILE = "timonel.kubeconfig.yaml";
const SHELL = `export KUBECONFIG="$PWD/${FILE}"\nkubectl get nodes`;
const POWERSHELL = `$env:KUBECONFIG = "$PWD\\${FILE}"\nkubectl get nodes`;

/** Opens the way to the student's own kubectl; says so while it is connected. */
export function LiveButton({ ready }: { ready: boolean }) {
  const { state, words } = useBench();
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useId();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="bench-tool"
        aria-haspopup="dialog"
        aria-pressed={state.connection !== null}
        disabled={!ready}
        onClick={() => {
          setOpen(true);
          dialog.current?.showModal();
        }}
      >
        {state.connection ? words.connect.on : words.connect.open}
      </button>
      <dialog ref={dialog} aria-labelledby={title} onClose={() => setOpen(false)} className="m-auto w-[min(40rem,calc(100vw-2rem))] rounded-md border border-line-strong bg-surface p-6 text-ink backdrop:bg-black/60">
        {open && (
          <>
            <h2 id={title} className="text-lg font-semibold">
              {words.connect.title}
            </h2>
            <p className="mt-3">{words.connect.what}</p>
            <p className="mt-2 text-sm text-ink-soft">{words.connect.clock}</p>
            <Body close={() => dialog.current?.close()} />
          </>
        )}
      </dialog>
    </>
  );
}

function Body({ close }: { close: () => void }) {
  const { session, state, locale, words } = useBench();
  const person = usePerson();
  const [busy, setBusy] = useState(false);
  const [refused, refuse] = useState("");
  const shut = (
    <button type="button" className="button button-quiet" onClick={close}>
      {words.connect.close}
    </button>
  );
  if (state.connection) {
    return (
      <>
        <Kubeconfig connection={state.connection} />
        <Buttons>
          <button type="button" className="button button-danger" onClick={() => void session.disconnect()}>
            {words.connect.end}
          </button>
          {shut}
        </Buttons>
      </>
    );
  }
  if (!person) {
    return (
      <>
        <p className="mt-4">{words.connect.signIn}</p>
        <Buttons>
          <a className="button" href={`/${locale}/sign-in?next=${encodeURIComponent(window.location.pathname)}`}>
            {words.connect.signInLink}
          </a>
          {shut}
        </Buttons>
      </>
    );
  }
  const connect = async (): Promise<void> => {
    setBusy(true);
    refuse("");
    const why = await session.connect();
    setBusy(false);
    if (why) refuse(why.message === "" ? words.connect.offline : why.message);
  };
  return (
    <>
      {refused !== "" && (
        <p role="alert" className="mt-4 rounded border border-danger bg-danger-wash px-3 py-2 text-sm text-danger">
          {refused}
        </p>
      )}
      <Buttons>
        <button type="button" className="button" disabled={busy} onClick={() => void connect()}>
          {busy ? words.connect.connecting : words.connect.connect}
        </button>
        {shut}
      </Buttons>
    </>
  );
}

function Buttons({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap gap-3">{children}</div>;
}

function Kubeconfig({ connection }: { connection: Connection }) {
  const { locale, words } = useBench();
  const until = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(new Date(connection.expiresAt));
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([connection.kubeconfig], { type: "application/yaml" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = FILE;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <div className="mt-4 flex flex-wrap items-center gap-3">
        <button type="button" className="button" onClick={download}>
          {words.connect.download}
        </button>
        <CopyButton words={{ copy: words.connect.copy, copied: words.connect.copied }} text={connection.kubeconfig} />
      </div>
      <p className="mt-4">{words.connect.then}</p>
      <Command label={words.connect.shell} text={SHELL} />
      <Command label={words.connect.powershell} text={POWERSHELL} />
      <p className="mt-3 text-sm text-ink-soft">{fill(words.connect.until, { when: until })}</p>
    </>
  );
}

function Command({ label, text }: { label: string; text: string }) {
  return (
    <figure className="mt-2">
      <figcaption className="text-sm text-ink-soft">{label}</figcaption>
      <pre tabIndex={0} className="overflow-x-auto rounded border border-line bg-paper p-2 font-mono text-sm">
        {text}
      </pre>
    </figure>
  );
}
