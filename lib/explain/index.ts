/** Sentences for humans: every code of the engine and its neighbours, in every language of the course. */
export { timerHeadings, timerLines, type TimerLine } from "./timers";
export { explain, explainCode, explainEvent, explainFieldError, explainStatus, type ToldEvent } from "./explain";
